"""A text as words without capitals, accents and punctuation, and where its clauses end."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import msgspec

MOST_CHARACTERS: Final = 2_000
"""Characters of a description that are looked at."""

_TOKEN: Final = re.compile(
    r"""(?P<number>\d+(?:[.,:]\d+)*)
    |(?P<word>[^\W\d_]+(?:['\u2019][^\W\d_]+)*)
    |(?P<end>[.;!?\n])
    |(?P<comma>,)
    |(?P<quote>["“”«»„])""",
    re.VERBOSE,
)


class Words(msgspec.Struct, frozen=True):
    """The words of a text, and what stood between them."""

    words: tuple[str, ...]
    ends: frozenset[int] = frozenset()
    """Places of the words before which a clause ended."""
    commas: frozenset[int] = frozenset()
    """Places of the words that follow a comma."""
    quotes: tuple[tuple[int, int], ...] = ()
    """Places of the first word of every quotation, and of the first word after it."""
    written: tuple[str, ...] = ()
    """The words with the capitals and accents they were written with."""

    def quoted(self, place: int) -> bool:
        """Whether a word stands between quotation marks."""
        return any(start <= place < end for start, end in self.quotes)


def folded(text: str) -> str:
    """Take capitals and accents away: "Canción" is "cancion"."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))


def words_of(text: str) -> Words:
    """Divide the first 2,000 characters of any text into words; numbers are words of their own."""
    words: list[str] = []
    ends: set[int] = set()
    commas: set[int] = set()
    quotes: list[int] = []
    written: list[str] = []
    plain, places = _folded_by_letter(text[:MOST_CHARACTERS])
    for found in _TOKEN.finditer(plain[:MOST_CHARACTERS]):
        match found.lastgroup:
            case "end":
                ends.add(len(words))
            case "comma":
                commas.add(len(words))
            case "quote":
                quotes.append(len(words))
            case _:
                words.append(found[0].replace("'", "").replace("\u2019", ""))
                written.append(text[places[found.start()] : places[found.end() - 1] + 1])
    pairs = tuple(zip(quotes[::2], quotes[1::2], strict=False))
    return Words(tuple(words), frozenset(ends), frozenset(commas), pairs, tuple(written))


def _folded_by_letter(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its letters the place of the one it was made of."""
    parts = [folded(letter) for letter in text]
    places = [place for place, part in enumerate(parts) for _ in part]
    return "".join(parts), places


@lru_cache(maxsize=16_384)
def split(text: str) -> tuple[str, ...]:
    """Divide a name into its words."""
    return words_of(text.replace("_", " ")).words


def listed(words: str) -> frozenset[str]:
    """Read words separated by spaces."""
    return frozenset(words.split())


def phrases_of(phrases: str) -> Iterable[tuple[str, ...]]:
    """Read phrases separated by commas; "lent@" stands for lento, lenta, lentos and lentas."""
    for phrase in phrases.split(","):
        forms = ("o", "a", "os", "as") if "@" in phrase else ("",)
        yield from (tuple(phrase.replace("@", form).split()) for form in forms)
