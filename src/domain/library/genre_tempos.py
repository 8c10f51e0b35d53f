"""Count a song in the octave of tempo in which the dancers of its genre count it."""

import re
import unicodedata
from typing import Final, Literal, NamedTuple

import msgspec

from domain.library.corrections import Correction, corrected, other_octave
from domain.library.songs import Analysis


class _Range(NamedTuple):
    slowest: float
    fastest: float


_TEMPO_RANGES: Final = {
    "bachata": _Range(100, 160),
    "bolero": _Range(45, 85),
    "cha cha": _Range(96, 136),
    "kizomba": _Range(80, 105),
    "mambo": _Range(150, 230),
    "merengue": _Range(110, 170),
    "reggaeton": _Range(80, 115),
    "salsa": _Range(150, 230),
    "son": _Range(80, 130),
    "zouk": _Range(65, 105),
}
"""Beats per minute that dancers of a genre count.

They are the usual tempos of recordings that social dancers step to, and no norm: federations norm
competitions, and differ from each other. Cha-cha includes the 30 to 32 bars of four beats that
ballroom competitions use. Bachata includes the 105 to 160 of recordings and of the filmed moves.
Bolero is the sung bolero, not the ballroom dance of that name, which is faster.
"""

_SPELLINGS: Final = {"chacha": "cha cha", "chachacha": "cha cha", "cha cha cha": "cha cha"}
_LEVELS: Final[tuple[tuple[Literal["half", "double"], float], ...]] = (("half", 0.5), ("double", 2))


def counted_in(analysis: Analysis, genre: str | None) -> Analysis:
    """Return the analysis at half or double its tempo if only that is usual in the genre.

    An unknown genre, none, and two at once change nothing but `Analysis.other_tempo`. The
    confidence stays, because no user has confirmed the change.
    """
    usual = _range(genre)
    if usual is not None and analysis.beats:
        # No range is an octave wide: of a tempo, its half and its double one at most is usual.
        for level, factor in _LEVELS:
            if _within(analysis.tempo * factor, usual):
                version = corrected(analysis, Correction(beats=level))
                # The genre has decided the octave, so no reading offers another one.
                readings = tuple(
                    each for each in analysis.readings if each.kind not in {"double", "half"}
                )
                return msgspec.structs.replace(
                    version, confidence=analysis.confidence, readings=readings
                )
    return msgspec.structs.replace(analysis, other_tempo=other_octave(analysis.tempo))


def _within(tempo: float, usual: _Range) -> bool:
    return usual.slowest <= tempo <= usual.fastest


def _range(genre: str | None) -> _Range | None:
    """Return the range of the only known genre whose name is among the words of ``genre``."""
    plain = unicodedata.normalize("NFKD", genre or "").casefold()
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    text = f" {' '.join(re.findall(r'[a-z]+', letters))} "
    names = {name: name for name in _TEMPO_RANGES} | _SPELLINGS
    genres = {name for spelling, name in names.items() if f" {spelling} " in text}
    return _TEMPO_RANGES[genres.pop()] if len(genres) == 1 else None
