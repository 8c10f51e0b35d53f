"""Split a text into words without capitals, accents and punctuation, and into clauses."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import msgspec

MOST_CHARACTERS: Final = 2_000
"""Maximum number of characters of a description that are read."""

_TOKEN: Final = re.compile(
    r"""(?P<number>\d+(?:[.,:]\d+)*)
    |(?P<word>[^\W\d_]+(?:['\u2019][^\W\d_]+)*)
    |(?P<end>[.;!?\n])
    |(?P<comma>,)
    |(?P<quote>["“”«»„])""",
    re.VERBOSE,
)


class Words(msgspec.Struct, frozen=True):
    """The words of a text, and the punctuation between them."""

    words: tuple[str, ...]
    ends: frozenset[int] = frozenset()
    """Indices of the words that begin a clause, and the number of words if the text ends one."""
    commas: frozenset[int] = frozenset()
    """Indices of the words after a comma."""
    quotes: tuple[tuple[int, int], ...] = ()
    """Index of the first word of every quotation, and of the first word after it."""
    originals: tuple[str, ...] = ()
    """The words with their original capitals and accents."""

    def quoted(self, place: int) -> bool:
        """Return True if a word stands between quotation marks."""
        return any(start <= place < end for start, end in self.quotes)


def fold(text: str) -> str:
    """Return the text without capitals and accents: "Canción" becomes "cancion"."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))


def words_of(text: str) -> Words:
    """Split the first 2,000 characters of a text into words; each number is a word."""
    words: list[str] = []
    ends: set[int] = set()
    commas: set[int] = set()
    quotes: list[int] = []
    originals: list[str] = []
    plain, places = _folded_by_letter(text[:MOST_CHARACTERS])
    for token in _TOKEN.finditer(plain[:MOST_CHARACTERS]):
        match token.lastgroup:
            case "end":
                ends.add(len(words))
            case "comma":
                commas.add(len(words))
            case "quote":
                quotes.append(len(words))
            case _:
                words.append(token[0].replace("'", "").replace("\u2019", ""))
                originals.append(text[places[token.start()] : places[token.end() - 1] + 1])
    pairs = tuple(zip(quotes[::2], quotes[1::2], strict=False))
    return Words(tuple(words), frozenset(ends), frozenset(commas), pairs, tuple(originals))


def _folded_by_letter(text: str) -> tuple[str, list[int]]:
    """Return the folded text, and for each of its letters the index of the original letter."""
    parts = [fold(letter) for letter in text]
    places = [place for place, part in enumerate(parts) for _ in part]
    return "".join(parts), places


@lru_cache(maxsize=16_384)
def split(text: str) -> tuple[str, ...]:
    """Split a name into its words."""
    return words_of(text.replace("_", " ")).words


def word_set(words: str) -> frozenset[str]:
    """Return the words of a list separated by spaces."""
    return frozenset(words.split())


def phrases_of(phrases: str) -> Iterable[tuple[str, ...]]:
    """Yield phrases separated by commas; "lent@" stands for lento, lenta, lentos and lentas."""
    for phrase in phrases.split(","):
        forms = ("o", "a", "os", "as") if "@" in phrase else ("",)
        yield from (tuple(phrase.replace("@", form).split()) for form in forms)
