"""The eight-counts of a song, from its first moment to its last."""

from bisect import bisect_right
from itertools import pairwise
from statistics import median
from typing import Final

import msgspec

from domain.music import Analysis, Section


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a song that one move is danced to."""

    start: float
    end: float
    beats: float
    """How many beats it lasts."""
    count: float = 0
    """Beats from the "1" to its start: 0 on the "1", negative when it begins before."""
    eight_counts: int = 1
    section: int
    energy: float


_SCRAP: Final = 4.0
"""Beats; what is left over before the first "1" or after the last is danced with its neighbour
when it is shorter than this, and stands alone when it is longer."""

_ON_THE_DOT: Final = 1 / 60
"""Seconds within which two moments are one: half a frame at 30 a second."""


def phrases(analysis: Analysis, *, join_scraps: bool = True) -> tuple[Phrase, ...]:
    """Divide a song at every "1".

    The "1"s go on before the first that was heard and after the last, to both ends of the song.
    What little is left over at the ends joins its neighbour, unless ``join_scraps`` is off.
    """
    eight = _eight_count(analysis)
    ones = _ones(analysis, eight)
    edges = [0.0, *(one for one in ones if one > _ON_THE_DOT), analysis.duration]
    beat = eight / 8
    scrap = _SCRAP * beat if join_scraps else 0.0
    lead = edges[1] if ones[0] > _ON_THE_DOT else 0.0
    count = 0.0
    if 0 < lead < scrap and len(edges) > 2:
        del edges[1]
        count = -lead / beat
    elif lead:
        count = 8 - lead / beat
    if len(edges) > 2 and edges[-1] - edges[-2] < max(scrap, _ON_THE_DOT):
        del edges[-2]
    return tuple(
        Phrase(
            start=start,
            end=end,
            beats=_beats(start, end, ones, eight),
            count=count if index == 0 else 0.0,
            section=_section(analysis.sections, start),
            energy=_energy(analysis.sections, start, end),
        )
        for index, (start, end) in enumerate(pairwise(edges))
    )


def _eight_count(analysis: Analysis) -> float:
    gaps = [b - a for a, b in pairwise(analysis.ones)]
    return median(gaps) if gaps else 8 * 60 / analysis.tempo


def _ones(analysis: Analysis, eight: float) -> list[float]:
    heard = [one for one in analysis.ones if 0 <= one < analysis.duration] or [0.0]
    before: list[float] = []
    while (moment := heard[0] - eight * (len(before) + 1)) > -_ON_THE_DOT:
        before.append(max(moment, 0.0))
    after: list[float] = []
    while (moment := heard[-1] + eight * (len(after) + 1)) < analysis.duration - _ON_THE_DOT:
        after.append(moment)
    return [*reversed(before), *heard, *after]


def _beats(start: float, end: float, ones: list[float], eight: float) -> float:
    """Beats between two moments: eight from one "1" to the next, however long that takes."""
    return _position(end, ones, eight) - _position(start, ones, eight)


def _position(moment: float, ones: list[float], eight: float) -> float:
    index = max(bisect_right(ones, moment + 1e-9) - 1, 0)
    length = ones[index + 1] - ones[index] if index + 1 < len(ones) else eight
    return 8 * index + 8 * (moment - ones[index]) / length


def _section(sections: tuple[Section, ...], moment: float) -> int:
    starts = [section.start for section in sections]
    return max(bisect_right(starts, moment + 0.1) - 1, 0)


def _energy(sections: tuple[Section, ...], start: float, end: float) -> float:
    """Mean energy between two moments; a middling one where no section says."""
    shares = [
        (max(0.0, min(end, section.end) - max(start, section.start)), section.energy)
        for section in sections
    ]
    whole = sum(length for length, _ in shares)
    return sum(length * energy for length, energy in shares) / whole if whole else 0.5
