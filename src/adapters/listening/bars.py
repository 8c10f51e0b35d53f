"""Find the most likely sequence of beats, counted into bars."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

BPM: Final = (58.0, 212.0)
FASTEST_CHANGE: Final = 4
"""Maximum difference in fine frames between successive periods."""

_TYPICAL: Final = 125.0
_SPREAD: Final = 0.4
"""Prior of the tempo: BPM, and one standard deviation in octaves."""

_STEADINESS: Final = 300.0
"""Cost of a relative change of period; chosen on synthetic songs, where 200
gives similar results.
"""

_BEAT_SHARE: Final = 16
"""A beat occupies the first sixteenth of its period (Böck, Krebs and Widmer, ISMIR 2016)."""

JITTER: Final = 1.0
"""Cost of a beat one frame early or late, necessary for periods that are not whole frames."""

_LEAST_BEAT: Final = 1e-3
_LEAST_DOWNBEAT: Final = 0.02
_NEVER: Final = np.float32(-1e9)


class Paces(NamedTuple):
    """The possible periods between beats, and their costs in log likelihood."""

    periods: NDArray[np.int64]
    """(k,) fine frames, in steps of one."""
    start: Array
    """(k,) cost of starting with each period, on each beat of the bar."""
    change: Array
    """(k, 2 w + 1) cost of changing to each period from those -w to w further in `periods`."""


class Evidence(NamedTuple):
    """The evidence of the sound for each possible beat, as gains over no beat."""

    pulse: Array
    """(n, k) log likelihood of a beat at a frame with a period."""
    place: Array
    """(n, beats of a bar) log likelihood of each place in the bar, given a beat."""


class Row(NamedTuple):
    """A sequence of beats."""

    frames: NDArray[np.int64]
    """(beats,) increasing."""
    places: NDArray[np.int64]
    """(beats,) place in the bar, 0 for the downbeat."""
    gain: float
    """Log likelihood relative to no beats."""


def paces(frames_a_second: float, beats_a_bar: int) -> Paces:
    """Return all periods between the slowest and the fastest tempo, with a wide prior around the
    usual one.
    """
    slowest, fastest = BPM
    periods = np.arange(
        int(60 * frames_a_second / fastest), int(60 * frames_a_second / slowest) + 2
    )
    octaves = np.log2(60 * frames_a_second / periods / _TYPICAL)
    start = -0.5 * (octaves / _SPREAD) ** 2 - np.log(beats_a_bar * len(periods))
    ratio = periods[:, np.newaxis] / periods[np.newaxis]
    likely = -_STEADINESS * np.abs(ratio - 1)
    # The probabilities of all changes from a period add up to one.
    likely -= np.log(np.exp(likely).sum(axis=0))
    change = np.full((len(periods), 2 * FASTEST_CHANGE + 1), _NEVER, np.float32)
    for column, step in enumerate(range(-FASTEST_CHANGE, FASTEST_CHANGE + 1)):
        here = np.arange(max(0, -step), min(len(periods), len(periods) - step))
        change[here, column] = likely[here, here + step]
    return Paces(periods, start.astype(np.float32), change)


def evidence(
    beat: Array, downbeat: Array, periods: NDArray[np.int64], beats_a_bar: int
) -> Evidence:
    """Return the evidence of P(beat) and P(downbeat, given a beat), each (n,), for every beat.

    A beat occupies the first sixteenth of its period: the evidence is log P(beat) there, and an
    equal share of the remaining probability for each of the other fifteen. Frames in between are
    the same for every sequence.
    """
    frames = len(beat)
    likelihood = np.clip(beat.astype(np.float64), _LEAST_BEAT, 1 - _LEAST_BEAT)
    against = np.log((1 - likelihood) / (_BEAT_SHARE - 1))
    total = np.concatenate([[0], np.cumsum(np.log(likelihood) - against)])
    claimed = np.maximum(1, -(-periods // _BEAT_SHARE))
    frame = np.arange(frames)[:, np.newaxis]
    pulse = total[np.minimum(frame + claimed, frames)] - total[frame]
    first = np.clip(downbeat.astype(np.float64), _LEAST_DOWNBEAT, 1 - _LEAST_DOWNBEAT)
    place = np.stack([np.log(first)] + [np.log(1 - first)] * (beats_a_bar - 1), axis=1)
    return Evidence(pulse.astype(np.float32), place.astype(np.float32))


def best_row(evidence: Evidence, paces: Paces) -> Row:
    """Return the most likely sequence of beats, by an exact search over (beat of the bar, period)
    (Viterbi).

    The first beat is within the longest period, and the last one's period reaches the end. Each
    beat follows the previous one after a period, or one frame earlier or later at the cost of
    `JITTER`.
    """
    frames, shortest = len(evidence.pulse), int(paces.periods[0])
    due = _Due(frames, evidence.place.shape[1], paces.periods)
    # No beat depends on another one that is nearer than this, so they are computed together.
    at_once = shortest - 1
    for start in range(0, frames, at_once):
        stop = min(start + at_once, frames)
        best = _through_change(due.arriving(start, stop), paces.change)
        opening = max(0, min(stop, int(paces.periods[-1]) + 1) - start)
        np.maximum(best[:opening], paces.start, out=best[:opening])
        best += evidence.pulse[start:stop, np.newaxis]
        best += evidence.place[start:stop, :, np.newaxis]
        due.put(start, best)
    return _traced(due, paces)


class _Due:
    """The best values of all beats, each stored at the time when the next beat is due."""

    def __init__(self, frames: int, places: int, periods: NDArray[np.int64]) -> None:
        self.frames, self.places, self.periods = frames, places, periods
        rows = frames + int(periods[-1]) + 1
        self.values = np.full((rows, places, len(periods)), _NEVER, np.float32)
        row, place, period = self.values.strides
        # Periods are in steps of one frame, so in this view the beats of one frame are one row.
        self._beats = np.lib.stride_tricks.as_strided(
            self.values[int(periods[0]) :],
            (frames, places, len(periods)),
            (row, place, row + period),
        )

    def put(self, start: int, values: Array) -> None:
        """Store the values of beats from a frame on: (frames, places, k)."""
        self._beats[start : start + len(values)] = values

    def arriving(self, start: int, stop: int) -> Array:
        """Return the best previous beat for every place and its period: (stop -
        start, places, k).
        """
        late = self.values[max(start - 1, 0) : stop - 1]
        if start == 0:
            late = np.concatenate([np.full_like(self.values[:1], _NEVER), late])
        sooner = np.maximum(late, self.values[start + 1 : stop + 1])
        best = np.maximum(self.values[start:stop], sooner - np.float32(JITTER))
        return np.roll(best, 1, axis=1)

    def before(self, frame: int, place: int, change: Array, period: int) -> tuple[float, int, int]:
        """Return the best predecessor of a beat: the value, its period and its frame."""
        reach = len(change) // 2
        best = (float(_NEVER), 0, 0)
        for step, cost in enumerate(change):
            other = period + step - reach
            for late in (0, 1, -1):
                if 0 <= other < len(self.periods) and frame >= late:
                    value = self.values[frame - late, place - 1, other]
                    value = value - np.float32(JITTER if late else 0) + cost
                    if value > best[0]:
                        best = (float(value), other, frame - late - int(self.periods[other]))
        return best


def _through_change(arriving: Array, change: Array) -> Array:
    """Return the best value of every period over all periods that can precede it."""
    reach, periods = change.shape[1] // 2, arriving.shape[2]
    edges = ((0, 0), (0, 0), (reach, reach))
    padded = np.pad(arriving, edges, constant_values=_NEVER)
    best = padded[:, :, :periods] + change[:, 0]
    for step in range(1, change.shape[1]):
        np.maximum(best, padded[:, :, step : step + periods] + change[:, step], out=best)
    return best


def _traced(due: _Due, paces: Paces) -> Row:
    """Return the sequence that leads to the best value after the end.

    It recomputes the predecessor of each beat, which is cheaper than storing it for all.
    """
    end = due.values[due.frames :]
    over, place, period = (int(i) for i in np.unravel_index(int(end.argmax()), end.shape))
    gain = float(end[over, place, period])
    if gain <= _NEVER / 2:
        return Row(np.zeros(0, np.int64), np.zeros(0, np.int64), 0.0)
    frame = due.frames + over - int(paces.periods[period])
    row = [(frame, place)]
    while True:
        value, before, earlier = due.before(frame, place, paces.change[period], period)
        if frame <= paces.periods[-1] and paces.start[period] >= value:
            break
        frame, place, period = earlier, (place - 1) % due.places, before
        row.append((frame, place))
    beats = np.array(row[::-1], np.int64)
    return Row(beats[:, 0], beats[:, 1], gain)
