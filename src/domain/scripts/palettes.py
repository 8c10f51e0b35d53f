"""The mood of a text, and the colours for each mood."""

import re
import unicodedata
from enum import StrEnum
from typing import Final

import msgspec

from domain.scripts.contrast import Colour
from domain.scripts.mood_words import STEMS

_WHOLE: Final = 3
"""Stems of so few letters are whole words, as too many words begin with them."""
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


class Mood(StrEnum):
    """The mood of a scene, by which its colours are chosen."""

    CALM = "calm"
    JOYFUL = "joyful"
    ENERGETIC = "energetic"
    ROMANTIC = "romantic"
    MELANCHOLIC = "melancholic"
    SERIOUS = "serious"


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    """Colours of a drawn background and the words on it."""

    top: Colour
    bottom: Colour
    glow: Colour
    """Colour of the soft lights on the background."""
    accent: Colour
    ink: Colour
    """Preferred colour of the words."""


def mood_of(text: str, language: str) -> Mood:
    """Return the mood that most words of a text tell; of equal ones the first of `Mood`.

    ``language`` is `en`, `es` or `pt`, also with a region. Texts in other languages, and those
    without such words, are calm.
    """
    stems = STEMS.get(language.lower()[:2], {})
    words = _WORD.findall(_plain(text))
    counts = {
        mood: sum(any(_tells(word, stem) for stem in stems.get(mood.value, ())) for word in words)
        for mood in Mood
    }
    best = max(counts.values(), default=0)
    return next(mood for mood in Mood if counts[mood] == best) if best else Mood.CALM


def _plain(text: str) -> str:
    """Return a text in lower case and without accents."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _tells(word: str, stem: str) -> bool:
    return word == stem if len(stem) <= _WHOLE else word.startswith(stem)


def palette(mood: Mood, seed: int) -> Palette:
    """Return one of the mood's palettes, chosen by ``seed``."""
    choices = _PALETTES[mood]
    return choices[seed % len(choices)]


def _colours(*codes: str) -> Palette:
    top, bottom, glow, accent, ink = (_colour(code) for code in codes)
    return Palette(top=top, bottom=bottom, glow=glow, accent=accent, ink=ink)


def _colour(code: str) -> Colour:
    red, green, blue = bytes.fromhex(code)
    return red, green, blue


_PALETTES: Final = {
    Mood.CALM: (
        _colours("123047", "0b1d2e", "2f7f8f", "7fd1c7", "f4f8f7"),
        _colours("1d3b3a", "0e2226", "4f8f73", "a9dcb8", "f5f9f3"),
        _colours("22304f", "131b33", "5674a8", "a9c4ee", "f3f6fc"),
    ),
    Mood.JOYFUL: (
        _colours("ffd166", "ff9f5a", "fff0b8", "8a2d0c", "3a1503"),
        _colours("ffe08a", "f9b27c", "fff4cf", "8c1f4f", "3d0b22"),
        _colours("9be3d0", "63c5c8", "e4fbe0", "0b4a5a", "052630"),
    ),
    Mood.ENERGETIC: (
        _colours("7a1230", "2b0a3d", "d9364f", "ffb347", "fff6ee"),
        _colours("3d1680", "14093f", "8a2be2", "4de3ff", "f7f4ff"),
        _colours("8a2a0a", "3a0d1a", "e0601f", "ffd34d", "fff7ec"),
    ),
    Mood.ROMANTIC: (
        _colours("6b1e3f", "2f0f2a", "b8486b", "ffb3c1", "fff3f4"),
        _colours("f7d6d0", "eab0b4", "fff1ec", "8f1d3f", "3d0a1d"),
        _colours("52254f", "231031", "9a4f8a", "f3b6d8", "fdf3fa"),
    ),
    Mood.MELANCHOLIC: (
        _colours("33415c", "1a2233", "5c6f91", "b9c8e3", "f1f4fa"),
        _colours("3b3f4a", "1d2027", "68707f", "c7ced9", "f4f5f7"),
        _colours("2d3a4f", "1b1f33", "6a6f9e", "c4c3ea", "f4f3fb"),
    ),
    Mood.SERIOUS: (
        _colours("1f2430", "0d0f16", "3d4a63", "e0b155", "f6f3ec"),
        _colours("2a1f24", "110c10", "5c3b44", "e08a6b", "f8f2ee"),
        _colours("14282b", "080f12", "2c555a", "d9c27a", "f3f5ef"),
    ),
}
