"""Numbers of figures: "three", "a couple of", "at least two", "only one", "twice", "dos veces"."""

from collections.abc import Sequence
from typing import Final

import msgspec

from domain.text_query.quantities import AT_LEAST, AT_MOST, phrase_at, read_number
from domain.text_query.tokens import phrases_of

MOST: Final = 100
"""Maximum number for one figure; a song has only a few hundred eight-counts."""

_EXACTLY: Final = set(
    phrases_of("exactly, only, just, precisely, exactamente, solo, solamente, justo, justamente")
)
_ARTICLES: Final = {"a", "an", "un", "una", "uno"}
_ONES: Final = {"un", "una", "uno"}
"""These mean 1 if "solo" precedes them; otherwise they are articles."""
_PAIRS: Final[dict[tuple[str, ...], int]] = {
    ("a", "couple", "of"): 2, ("a", "couple"): 2, ("couple", "of"): 2, ("a", "pair", "of"): 2,
    ("un", "par", "de"): 2, ("par", "de"): 2, ("a", "few"): 3, ("few",): 3, ("several",): 3,
    ("unas", "cuantas"): 3, ("unos", "cuantos"): 3, ("varias",): 3, ("varios",): 3,
    ("some", "few"): 3, ("a", "dozen"): 12, ("una", "docena", "de"): 12, ("a", "single"): 1,
    ("una", "sola"): 1, ("un", "solo"): 1, ("both",): 2, ("ambas",): 2, ("ambos",): 2,
}  # fmt: skip
_OFTEN: Final[dict[tuple[str, ...], int]] = {
    ("twice",): 2, ("thrice",): 3, ("once",): 1, ("una", "vez"): 1, ("one", "time"): 1,
}  # fmt: skip
_TIMES: Final = {"times", "veces", "x"}
_SINGLE: Final = {("a", "single"), ("una", "sola"), ("un", "solo")}


class Count(msgspec.Struct, frozen=True):
    """A requested number of figures."""

    at_least: int
    at_most: int | None
    words: int
    """Number of words that it takes."""
    repeats: bool
    """True for a frequency such as "twice", which may follow its figure."""


def count(words: Sequence[str], at: int) -> Count | None:
    """Read a number of figures, 1 to 100, that begins at a word; None if there is none."""
    most, least = (phrase_at(words, at, each) for each in (AT_MOST, AT_LEAST))
    exactly = 0 if most or least else phrase_at(words, at, _EXACTLY)
    place = at + max(most, least, exactly)
    amount = _amount(words, place)
    if amount is None and exactly and place < len(words) and words[place] in _ONES:
        amount = (1, 1, 1, False)
    if amount is None:
        return None
    low, high, length, repeats = amount
    if not 1 <= low <= high <= MOST:
        return None
    limit = high if most or exactly or high > low else None
    if tuple(words[place : place + length]) in _SINGLE:
        limit = 1
    return Count(1 if most else low, limit, place + length - at, repeats)


def _amount(words: Sequence[str], at: int) -> tuple[int, int, int, bool] | None:
    for size in (3, 2, 1):
        phrase = tuple(words[at : at + size])
        if len(phrase) == size and phrase in _OFTEN:
            return _OFTEN[phrase], _OFTEN[phrase], size, True
        if len(phrase) == size and phrase in _PAIRS:
            return _PAIRS[phrase], _PAIRS[phrase], size, False
    first = _whole(words, at)
    if first is None:
        return None
    value, length = first
    high = value
    joined = at + length < len(words) and words[at + length] in ("or", "o", "to", "a")
    second = _whole(words, at + length + joined)
    if second is not None and second[0] > value:
        high, length = second[0], length + joined + second[1]
    repeats = at + length < len(words) and words[at + length] in _TIMES
    return value, high, length + repeats, repeats


def _whole(words: Sequence[str], at: int) -> tuple[int, int] | None:
    if at >= len(words) or words[at] in _ARTICLES:
        return None
    number = read_number(words, at)
    if number is None or not number[0].is_integer():
        return None
    return int(number[0]), number[1]
