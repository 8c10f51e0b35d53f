"""Split a paragraph into sentences."""

import re
from typing import Final

_END: Final = re.compile(r"[.!?…]+[\"'”\u2019»)\]]*(?=\s)")
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(«“\"'¿¡])(?:[A-Za-zÀ-ÿ]|mr|mrs|ms|dr|dra|prof|st|sr|sra|srta|ud|uds|etc|vs|no|núm|"
    r"pág|aprox|approx|e\.g|i\.e|p\.ej|p\.\s?ej|av|min|seg|fig)\.\Z",
    re.IGNORECASE,
)
_OPENING: Final = "\"'“\u2018«([¿¡—-"


def sentences_of(paragraph: str) -> tuple[str, ...]:
    """Return the sentences in order; together they are the text, but for white space.

    A full stop after an abbreviation or an initial ends no sentence, and none before a word that
    begins with a small letter does.
    """
    sentences: list[str] = []
    begin = 0
    for end in _END.finditer(paragraph):
        sentence = paragraph[begin : end.end()]
        rest = paragraph[end.end() :].lstrip()
        if not rest or _goes_on(sentence, rest):
            continue
        sentences.append(" ".join(sentence.split()))
        begin = end.end()
    last = " ".join(paragraph[begin:].split())
    return (*sentences, last) if last else tuple(sentences)


def _goes_on(sentence: str, rest: str) -> bool:
    first = rest.lstrip(_OPENING)[:1]
    return first.islower() or _ABBREVIATION.search(sentence) is not None
