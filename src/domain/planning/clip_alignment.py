"""Align a clip with a phrase of the song: its entry point and its playback rate."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor
from operator import sub
from statistics import median
from typing import Any, Final, NamedTuple

from domain.blueprint.model import BlueprintMove
from domain.library.moves import Move
from domain.planning.phrases import Phrase

SLOWEST, FASTEST = 0.85, 1.15
"""Limits of the playback rate at which a dancer still looks natural."""

_GRACE: Final = 0.016
"""Seconds by which a clip may be too short: a little less than half a frame at 30 per second."""

_FEWEST_BEATS: Final = 4
"""Minimum number of known beats for aligning by beats instead of by tempo."""

_TRUER: Final = 0.003
"""Minimum improvement in seconds for which a clip enters later than at its first "1"."""


class Alignment(NamedTuple):
    """A part of a clip with as many counts as a phrase, beginning on the same count."""

    entry: float
    """Start in the clip, in seconds."""
    span: float
    """Duration in the clip, in seconds."""
    sway: tuple[float, ...]
    """Delay of each count relative to even counts, in seconds; empty if all are even."""


class Counts:
    """The time of each count of a clip in seconds; from its beats if they are known."""

    def __init__(self, move: Move) -> None:
        has_beats = len(move.beats) >= _FEWEST_BEATS
        beat = median(b - a for a, b in pairwise(move.beats)) if has_beats else 60 / move.tempo
        beats = move.beats if has_beats else (move.first_count,)
        before = max(0, ceil(beats[0] / beat)) + 1
        after = max(0, ceil((move.duration - beats[-1]) / beat)) + 1
        self._times = (
            *(beats[0] - beat * back for back in range(before, 0, -1)),
            *beats,
            *(beats[-1] + beat * on for on in range(1, after + 1)),
        )
        self._one = _nearest_index(self._times, move.first_count)
        self._even = not has_beats
        self._end = move.duration + _GRACE

    def alignments(self, count: float, beats: float) -> list[Alignment]:
        """Return the entry points for a phrase of ``beats`` beats that starts at ``count``.

        The first possible one comes first; a later one only if its counts are more even.
        """
        steps = range(ceil(count - 1e-6), floor(count + beats + 1e-6) + 1)
        options: list[Alignment] = []
        for one in range(self._one, len(self._times), 8):
            start, end = self._at(one + count), self._at(one + count + beats)
            if start is None or start < -1e-9:
                continue
            if end is None or end > self._end:
                break
            options.append(self._footing(one, count, beats, max(start, 0.0), end, steps))
            if self._even:
                break
        if len(options) < 2:
            return options
        return [
            options[0],
            min(options[1:], key=lambda each: max(map(abs, each.sway), default=0.0)),
        ]

    def _footing(
        self, one: int, count: float, beats: float, start: float, end: float, steps: range
    ) -> Alignment:
        if self._even:
            return Alignment(start, end - start, ())
        beat = (end - start) / beats
        first = start - beat * count
        times = self._times[one + steps.start : one + steps.stop]
        late = [time - first - beat * step for time, step in zip(times, steps, strict=True)]
        return Alignment(start, end - start, tuple(late))

    def _at(self, position: float) -> float | None:
        index = floor(position + 1e-6)
        part = position - index
        if index < 0 or index >= len(self._times):
            return None
        if abs(part) < 1e-6:
            return self._times[index]
        if index + 1 >= len(self._times):
            return None
        return self._times[index] + part * (self._times[index + 1] - self._times[index])


def _nearest_index(times: Sequence[float], moment: float) -> int:
    index = bisect_left(times, moment)
    around = range(max(index - 1, 0), min(index + 1, len(times)))
    return min(around, key=lambda each: abs(times[each] - moment))


def sway(phrase: Phrase, beats: Sequence[float]) -> tuple[float, ...]:
    """Return the delay of each count of a phrase in the song relative to even counts, in seconds.

    ``beats`` are the song's, in seconds and ascending; a count without a near beat has no delay.
    """
    beat = (phrase.end - phrase.start) / phrase.beats
    first = phrase.start - beat * phrase.count
    steps = range(ceil(phrase.count - 1e-6), floor(phrase.count + phrase.beats + 1e-6) + 1)
    low, high = bisect_left(beats, phrase.start - beat / 2), len(beats)
    later = dict.fromkeys(steps, 0.0)
    for index in range(low, high):
        if beats[index] > phrase.end + beat / 2:
            break
        step = round((beats[index] - first) / beat)
        if step in later:
            later[step] = beats[index] - first - beat * step
    return tuple(later.values())


def step_error(alignment: Alignment, songs: Sequence[float]) -> float:
    """Return the maximum distance in seconds between the clip's counts, as played, and the song's.

    ``songs`` is the phrase's `sway`. The result is not scaled by the playback rate.
    """
    if not alignment.sway:
        return max(map(abs, songs), default=0.0)
    return max(map(abs, map(sub, alignment.sway, songs)), default=0.0)


def truest(
    alignments: Sequence[Alignment], phrase: Phrase, songs: Sequence[float]
) -> tuple[Alignment, float]:
    """Return the alignment for a phrase and its `step_error`: the first, or a better one."""
    best, least = alignments[0], step_error(alignments[0], songs)
    seconds = phrase.end - phrase.start
    for other in alignments[1:]:
        error = step_error(other, songs)
        if error + _TRUER < least and SLOWEST <= other.span / seconds <= FASTEST:
            best, least = other, error
    return best, least


def cast_to(
    phrase: Phrase, move: Move, alignment: Alignment, reason: dict[str, Any]
) -> BlueprintMove:
    """Return a move aligned with a phrase, so that its counts coincide with the song's."""
    start, end = round(phrase.start, 6), round(phrase.end, 6)
    return BlueprintMove(
        clip_id=move.id,
        video_path=move.video_path,
        start_time=start,
        duration=round(end - start, 6),
        trim_start=round(alignment.entry, 6),
        original_duration=move.duration,
        playback_rate=round(alignment.span / (phrase.end - phrase.start), 6),
        reason=reason,
    )
