"""Count a song at double or half tempo if it is too fast or too slow for the moves."""

from collections.abc import Iterable, Iterator
from math import log2
from typing import Final, Literal

import msgspec

from domain.library.corrections import Correction, corrected
from domain.library.moves import Move
from domain.library.songs import Analysis
from domain.planning.clip_alignment import FASTEST, SLOWEST
from domain.shared.result_warnings import ResultWarning, WarningCode

_DANCED: Final = 125.0
"""Usual tempo of bachata in beats per minute."""

ENOUGH: Final = 24
"""Number of moves that suffices for a good dance: no good dance repeats moves that often."""

_Level = Literal["double", "half"]
_WORDS: Final[dict[_Level, str]] = {"double": "twice", "half": "half"}


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A song with its way of counting."""

    analysis: Analysis
    warning: ResultWarning | None
    """The warning for the user; None if the song is counted as analysed."""


def ways_to_count(analysis: Analysis) -> Iterator[Counted]:
    """Yield the song as analysed, then with every second beat and with twice as many beats.

    Of the latter two, the one with the more usual tempo comes first. A dancer can step to any of
    them: every count is on a beat of the song, or in the middle between two.
    """
    yield Counted(analysis=analysis, warning=None)
    for level in sorted(_WORDS, key=lambda each: abs(log2(_tempo(analysis, each) / _DANCED))):
        version = corrected(analysis, Correction(beats=level))
        yield Counted(
            # The confidence stays, because no user has confirmed this correction.
            analysis=msgspec.structs.replace(version, confidence=analysis.confidence),
            warning=ResultWarning(
                WarningCode.COUNTED_AT_ANOTHER_TEMPO,
                f"More moves were filmed near {version.tempo:.0f} BPM than near "
                f"{analysis.tempo:.0f} BPM; the song is counted at {_WORDS[level]} its tempo, "
                f"{version.tempo:.0f} BPM.",
            ),
        )


def counted_at(analysis: Analysis, tempo: float) -> Analysis:
    """Return the song counted in the way whose tempo is nearest to the tempo of a dance."""
    ways = [way.analysis for way in ways_to_count(analysis)]
    return min(ways, key=lambda way: abs(log2(way.tempo / tempo)))


def fits(move: Move, tempo: float) -> bool:
    """Return True if a move can be played at this tempo in beats per minute and
    still look natural.
    """
    return SLOWEST <= tempo / move.tempo <= FASTEST


def fitting(moves: Iterable[Move], tempo: float) -> int:
    """Return the number of moves that can be played at this tempo in beats per minute."""
    return sum(fits(move, tempo) for move in moves)


def settles(fit: int, of: int) -> bool:
    """Return True if no other way to count a song needs to be tried.

    ``fit`` is the number of moves, out of ``of``, that fit this way. If it is large enough, no
    other way can have more, because a move fits at most one of the three.
    """
    return fit >= ENOUGH and 2 * fit >= of


def _tempo(analysis: Analysis, level: _Level) -> float:
    return analysis.tempo * 2 if level == "double" else analysis.tempo / 2
