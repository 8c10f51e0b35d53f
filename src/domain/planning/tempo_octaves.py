"""Songs that are too fast or too slow for the moves there are, counted at another level."""

from collections.abc import Iterable, Iterator
from math import log2
from typing import Final, Literal

import msgspec

from domain.library.corrections import Correction, corrected
from domain.library.moves import Move
from domain.library.songs import Analysis
from domain.planning.clip_alignment import FASTEST, SLOWEST

_DANCED: Final = 125.0
"""Beats a minute that bachata is mostly danced at."""

ENOUGH: Final = 24
"""Moves among which a dance is chosen well: the best dances of a song repeat none that often."""

_Level = Literal["double", "half"]
_SAID: Final[dict[_Level, str]] = {"double": "twice", "half": "half"}


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A song as it is counted."""

    analysis: Analysis
    degradation: str | None
    """What is to be said of it; None where it is counted as it was heard."""


def ways_to_count(heard: Analysis) -> Iterator[Counted]:
    """A song as it was heard, then by every second beat and with twice as many.

    Of the latter the one first whose tempo is danced more. A dancer steps to any of them: on every
    count there is a beat of the song, or the middle between two.
    """
    yield Counted(analysis=heard, degradation=None)
    for level in sorted(_SAID, key=lambda each: abs(log2(_tempo(heard, each) / _DANCED))):
        counted = corrected(heard, Correction(beats=level))
        yield Counted(
            # Nobody has said that it is so, as with a person's correction.
            analysis=msgspec.structs.replace(counted, confidence=heard.confidence),
            degradation=f"More moves were filmed near {counted.tempo:.0f} BPM than near "
            f"{heard.tempo:.0f} BPM; the song is counted at {_SAID[level]} its tempo, "
            f"{counted.tempo:.0f} BPM.",
        )


def counted_at(heard: Analysis, tempo: float) -> Analysis:
    """A song counted the way whose tempo is nearest to one that a dance was made for."""
    ways = [way.analysis for way in ways_to_count(heard)]
    return min(ways, key=lambda way: abs(log2(way.tempo / tempo)))


def fits(move: Move, tempo: float) -> bool:
    """Whether a move can be played at so many beats a minute and still look danced."""
    return SLOWEST <= tempo / move.tempo <= FASTEST


def fitting(moves: Iterable[Move], tempo: float) -> int:
    """How many moves can be played at so many beats a minute."""
    return sum(fits(move, tempo) for move in moves)


def settles(fit: int, of: int) -> bool:
    """Whether no other way to count a song needs to be tried.

    ``fit`` of the ``of`` moves that there are fit this one: too many for any other way to have
    more, for a move fits one of the three at most.
    """
    return fit >= ENOUGH and 2 * fit >= of


def _tempo(heard: Analysis, level: _Level) -> float:
    return heard.tempo * 2 if level == "double" else heard.tempo / 2
