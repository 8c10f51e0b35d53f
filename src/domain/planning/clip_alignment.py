"""Setting a clip to a phrase of the song: where it enters, and how fast it plays."""

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
"""Playback rates at which a dancer still looks like a dancer."""

_GRACE: Final = 0.016
"""Seconds a clip may fall short: a little under half a frame at 30 a second."""

_FEWEST_BEATS: Final = 4
"""Beats of a clip from which it is timed by them and not by its tempo."""

_TRUER: Final = 0.003
"""Seconds by which the steps must be truer for a clip to enter later than at its first "1"."""


class Footing(NamedTuple):
    """A stretch of a clip that has as many counts as a phrase, and begins on the same count."""

    entry: float
    """Seconds into the clip."""
    span: float
    """Seconds of the clip."""
    sway: tuple[float, ...]
    """Seconds by which each count comes later than if all were even; empty where all are."""


class Counts:
    """When each count of a clip is, in seconds of the clip; by its beats where they are known."""

    def __init__(self, move: Move) -> None:
        heard = len(move.beats) >= _FEWEST_BEATS
        beat = median(b - a for a, b in pairwise(move.beats)) if heard else 60 / move.tempo
        known = move.beats if heard else (move.first_count,)
        before = max(0, ceil(known[0] / beat)) + 1
        after = max(0, ceil((move.duration - known[-1]) / beat)) + 1
        self._times = (
            *(known[0] - beat * back for back in range(before, 0, -1)),
            *known,
            *(known[-1] + beat * on for on in range(1, after + 1)),
        )
        self._one = _nearest_index(self._times, move.first_count)
        self._even = not heard
        self._end = move.duration + _GRACE

    def footings(self, count: float, beats: float) -> list[Footing]:
        """Where the clip may enter for a phrase of ``beats`` from ``count`` on.

        The first place first; a later one only where its counts are more even.
        """
        steps = range(ceil(count - 1e-6), floor(count + beats + 1e-6) + 1)
        found: list[Footing] = []
        for one in range(self._one, len(self._times), 8):
            start, end = self._at(one + count), self._at(one + count + beats)
            if start is None or start < -1e-9:
                continue
            if end is None or end > self._end:
                break
            found.append(self._footing(one, count, beats, max(start, 0.0), end, steps))
            if self._even:
                break
        if len(found) < 2:
            return found
        return [found[0], min(found[1:], key=lambda each: max(map(abs, each.sway), default=0.0))]

    def _footing(
        self, one: int, count: float, beats: float, start: float, end: float, steps: range
    ) -> Footing:
        if self._even:
            return Footing(start, end - start, ())
        beat = (end - start) / beats
        first = start - beat * count
        times = self._times[one + steps.start : one + steps.stop]
        late = [time - first - beat * step for time, step in zip(times, steps, strict=True)]
        return Footing(start, end - start, tuple(late))

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
    """Seconds by which each count of a phrase comes later in the song than if all were even.

    ``beats`` are the song's, in seconds and ascending; a count that no beat is near is even.
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


def step_error(footing: Footing, songs: Sequence[float]) -> float:
    """The most by which a count of the clip, as played, misses the song's; seconds.

    ``songs`` is the phrase's `sway`. It is told to within the playback rate.
    """
    if not footing.sway:
        return max(map(abs, songs), default=0.0)
    return max(map(abs, map(sub, footing.sway, songs)), default=0.0)


def truest(
    footings: Sequence[Footing], phrase: Phrase, songs: Sequence[float]
) -> tuple[Footing, float]:
    """The footing for a phrase and its `step_error`: the first, or one that is clearly truer."""
    best, least = footings[0], step_error(footings[0], songs)
    seconds = phrase.end - phrase.start
    for other in footings[1:]:
        error = step_error(other, songs)
        if error + _TRUER < least and SLOWEST <= other.span / seconds <= FASTEST:
            best, least = other, error
    return best, least


def cast_to(phrase: Phrase, move: Move, footing: Footing, reason: dict[str, Any]) -> BlueprintMove:
    """Set a move to a phrase of the song, so that its counts fall on the song's."""
    start, end = round(phrase.start, 6), round(phrase.end, 6)
    return BlueprintMove(
        clip_id=move.id,
        video_path=move.video_path,
        start_time=start,
        duration=round(end - start, 6),
        trim_start=round(footing.entry, 6),
        original_duration=move.duration,
        playback_rate=round(footing.span / (phrase.end - phrase.start), 6),
        reason=reason,
    )
