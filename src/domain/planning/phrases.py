"""Divide a song into phrases of eight counts."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Final

import msgspec

from domain.library.songs import Analysis, Section


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a song for one move."""

    start: float
    end: float
    beats: float
    """Number of beats."""
    count: float = 0
    """Beats from the "1" to its start: 0 on the "1", negative before it."""
    eight_counts: int = 1
    section: int
    energy: float


_SCRAP: Final = 4.0
"""Minimum beats of a separate phrase before the first "1" or after the last; a shorter remainder
joins its neighbour.
"""

_LEFT_OUT: Final = 1.75
"""Eight-counts between two "1"s from which a missing "1" is assumed."""

_DRIFT: Final = 1.5
"""Maximum beats by which an eight-count may differ from the median."""

_BEAT_TOLERANCE: Final = 1.0
"""Maximum difference between the number of detected beats in an interval and its
duration in beats.
"""

_PACE: Final = 4
"""Minimum number of beats that define a tempo."""

_ON_THE_DOT: Final = 1 / 60
"""Seconds within which two moments are equal: half a frame at 30 per second."""


def phrases(analysis: Analysis, *, join_scraps: bool = True) -> tuple[Phrase, ...]:
    """Divide a song at every "1".

    The "1"s continue before the first detected one and after the last, to both ends of the song.
    Short remainders at the ends join their neighbours, unless ``join_scraps`` is off.
    """
    eight = eight_count(analysis)
    ones = all_ones(analysis)
    counts = _counts(analysis, ones, eight)
    ending = _ending(analysis)
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
            beats=_count_at(end, ones, counts, ending) - _count_at(start, ones, counts, ending),
            count=count if index == 0 else 0.0,
            section=_section(analysis.sections, start),
            energy=_energy(analysis.sections, start, end),
        )
        for index, (start, end) in enumerate(pairwise(edges))
    )


def eight_count(analysis: Analysis) -> float:
    """Return the median duration of an eight-count in seconds."""
    gaps = [b - a for a, b in pairwise(analysis.ones)]
    return median(gaps) if gaps else 8 * 60 / analysis.tempo


def all_ones(analysis: Analysis) -> list[float]:
    """Return every "1" of a song in seconds: detected, interpolated, and continued to both ends."""
    eight, ending = eight_count(analysis), _ending(analysis)
    ones = [one for one in analysis.ones if 0 <= one < analysis.duration] or [0.0]
    before: list[float] = []
    while (moment := ones[0] - eight * (len(before) + 1)) > -_ON_THE_DOT:
        before.append(max(moment, 0.0))
    after: list[float] = []
    while (moment := ones[-1] + ending * (len(after) + 1)) < analysis.duration - _ON_THE_DOT:
        after.append(moment)
    between = [
        moment
        for start, end in pairwise(ones)
        for moment in (start, *_left_out(start, end, eight, analysis.beats))
    ]
    return [*reversed(before), *between, ones[-1], *after]


def _left_out(start: float, end: float, eight: float, beats: tuple[float, ...]) -> list[float]:
    """Return the missing "1"s between two that are far apart, each on a beat if one is near."""
    parts = round((end - start) / eight) if (end - start) / eight > _LEFT_OUT else 1
    even = [start + (end - start) * part / parts for part in range(1, parts)]
    near = [nearest(beats, moment) for moment in even] if beats else even
    within = eight / 32
    return [a if abs(a - b) < within else b for a, b in zip(near, even, strict=True)]


def nearest(beats: Sequence[float], moment: float) -> float:
    """Return the element of ``beats`` (ascending, not empty) nearest to a moment."""
    index = bisect_left(beats, moment)
    return min(beats[max(index - 1, 0) : index + 1], key=lambda beat: abs(beat - moment))


def _counts(analysis: Analysis, ones: list[float], eight: float) -> list[int]:
    """Return the number of beats before each "1", from the first "1" on.

    It is usually eight more each time. If the music omits or inserts a bar, the detected beats
    decide; if no beats are known there, the time does, because an analysis may miss a song's first
    and last beats.
    """
    counts = [0]
    beat = eight / 8
    first, last = (analysis.beats[0], analysis.beats[-1]) if analysis.beats else (0.0, 0.0)
    for start, end in pairwise(ones):
        by_time = 8 * (end - start) / eight
        beat_count = _beats_between(analysis.beats, start, end, beat)
        even = 8 if abs(by_time - 8) < _DRIFT else max(1, round(by_time))
        whole = first < start + beat / 2 and last > end - 1.5 * beat
        is_certain = whole and abs(beat_count - by_time) < _BEAT_TOLERANCE
        counts.append(counts[-1] + (beat_count if is_certain else even))
    return counts


def _beats_between(beats: tuple[float, ...], start: float, end: float, beat: float) -> int:
    return bisect_left(beats, end - beat / 2) - bisect_left(beats, start - beat / 2)


def _ending(analysis: Analysis) -> float:
    """Return the duration of an eight-count after the last "1", at the local tempo, in seconds."""
    eight = eight_count(analysis)
    one = analysis.ones[-1] if analysis.ones else 0.0
    beats = analysis.beats[bisect_left(analysis.beats, one + eight / 16) :]
    if len(beats) < _PACE or abs(len(beats) - 8 * (beats[-1] - one) / eight) > _BEAT_TOLERANCE:
        return eight
    return 8 * (beats[-1] - one) / len(beats)


def _count_at(moment: float, ones: list[float], counts: list[int], eight: float) -> float:
    """Return the beats from the first "1" to a moment; ``eight`` applies after the last "1"."""
    index = max(bisect_right(ones, moment + 1e-9) - 1, 0)
    if index + 1 < len(ones):
        length = ones[index + 1] - ones[index]
        return counts[index] + (counts[index + 1] - counts[index]) * (moment - ones[index]) / length
    return counts[index] + 8 * (moment - ones[index]) / eight


def _section(sections: tuple[Section, ...], moment: float) -> int:
    starts = [section.start for section in sections]
    return max(bisect_right(starts, moment + 0.1) - 1, 0)


def _energy(sections: tuple[Section, ...], start: float, end: float) -> float:
    """Return the mean energy between two moments; 0.5 if no section covers them."""
    shares = [
        (max(0.0, min(end, section.end) - max(start, section.start)), section.energy)
        for section in sections
    ]
    whole = sum(length for length, _ in shares)
    return sum(length * energy for length, energy in shares) / whole if whole else 0.5
