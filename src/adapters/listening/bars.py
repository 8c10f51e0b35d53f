"""The most likely row of beats, counted into bars."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

BPM: Final = (58.0, 212.0)
FASTEST_CHANGE: Final = 4
"""Fine frames a period may differ from the one before it."""

_TYPICAL: Final = 125.0
_SPREAD: Final = 0.4
"""The tempo expected before anything is heard: BPM, and one standard deviation in octaves."""

_STEADINESS: Final = 300.0
"""Cost of a relative change of period; chosen on synthetic songs, where 200 does about as well."""

_BEAT_SHARE: Final = 16
"""A beat fills the first sixteenth of its period (Böck, Krebs and Widmer, ISMIR 2016)."""

JITTER: Final = 1.0
"""Cost of a beat a frame early or late, which periods that are no whole number of frames need."""

_LEAST_BEAT: Final = 1e-3
_LEAST_DOWNBEAT: Final = 0.02
_NEVER: Final = np.float32(-1e9)


class Paces(NamedTuple):
    """The periods beats may have, and what they cost in log likelihood."""

    periods: NDArray[np.int64]
    """(k,) fine frames, each one more than the last."""
    start: Array
    """(k,) of beginning with each period, on each beat of the bar."""
    change: Array
    """(k, 2 w + 1) of coming to each period from the one -w to w further in `periods`."""


class Evidence(NamedTuple):
    """What the sound says for each beat there could be, as gains over no beat at all."""

    pulse: Array
    """(n, k) log likelihood of a beat at a frame with a period."""
    place: Array
    """(n, beats of a bar) log likelihood of each place in the bar, were there a beat."""


class Row(NamedTuple):
    """A row of beats."""

    frames: NDArray[np.int64]
    """(beats,) increasing."""
    places: NDArray[np.int64]
    """(beats,) where in the bar each is, 0 for the downbeat."""
    gain: float
    """Log likelihood over no beat at all."""


def paces(frames_a_second: float, beats_a_bar: int) -> Paces:
    """All periods between the slowest and the fastest tempo, a wide prior about a usual one."""
    slowest, fastest = BPM
    periods = np.arange(int(60 * frames_a_second / fastest), int(60 * frames_a_second / slowest) + 2)
    octaves = np.log2(60 * frames_a_second / periods / _TYPICAL)
    start = -0.5 * (octaves / _SPREAD) ** 2 - np.log(beats_a_bar * len(periods))
    ratio = periods[:, np.newaxis] / periods[np.newaxis]
    likely = -_STEADINESS * np.abs(ratio - 1)
    # A period leads to all others with a probability of one.
    likely -= np.log(np.exp(likely).sum(axis=0))
    change = np.full((len(periods), 2 * FASTEST_CHANGE + 1), _NEVER, np.float32)
    for column, step in enumerate(range(-FASTEST_CHANGE, FASTEST_CHANGE + 1)):
        here = np.arange(max(0, -step), min(len(periods), len(periods) - step))
        change[here, column] = likely[here, here + step]
    return Paces(periods, start.astype(np.float32), change)


def evidence(beat: Array, downbeat: Array, periods: NDArray[np.int64], beats_a_bar: int) -> Evidence:
    """What P(beat) and P(downbeat, where a beat is), each (n,), say for every beat.

    A beat claims the first sixteenth of its period: log P(beat) there, against an equal share of
    what is left for each of the other fifteen. Frames in between say the same for every row.
    """
    frames = len(beat)
    heard = np.clip(beat.astype(np.float64), _LEAST_BEAT, 1 - _LEAST_BEAT)
    against = np.log((1 - heard) / (_BEAT_SHARE - 1))
    total = np.concatenate([[0], np.cumsum(np.log(heard) - against)])
    claimed = np.maximum(1, -(-periods // _BEAT_SHARE))
    frame = np.arange(frames)[:, np.newaxis]
    pulse = total[np.minimum(frame + claimed, frames)] - total[frame]
    first = np.clip(downbeat.astype(np.float64), _LEAST_DOWNBEAT, 1 - _LEAST_DOWNBEAT)
    place = np.stack([np.log(first)] + [np.log(1 - first)] * (beats_a_bar - 1), axis=1)
    return Evidence(pulse.astype(np.float32), place.astype(np.float32))


def best_row(evidence: Evidence, paces: Paces) -> Row:
    """The likeliest row of beats, by an exact search over (beat of the bar, period) (Viterbi).

    The first beat comes within the longest period, the last one's period reaches the end. Each
    beat comes a period after the one before, or a frame sooner or later at the cost of ``JITTER``.
    """
    periods, frames = paces.periods, len(evidence.pulse)
    places = evidence.place.shape[1]
    longest, at_once = int(periods[-1]), int(periods[0]) - 1
    index = np.arange(len(periods))
    # The best value of a beat is written down where the next one is due: (frame, place, period).
    due = np.full((frames + longest + 2, places, len(periods)), _NEVER, np.float32)
    origin = np.zeros((frames, places, len(periods)), np.int8)
    late = np.zeros((frames, places, len(periods)), np.int8)
    # No beat within the shortest period depends on another one, so they are found together.
    for start in range(0, frames, at_once):
        block = np.arange(start, min(start + at_once, frames))
        arrived, late[block] = _arrived(due, block)
        best, origin[block] = _changed(np.roll(arrived, 1, axis=1), paces.change)
        fresh = (block <= longest)[:, np.newaxis, np.newaxis] & (paces.start > best)
        best, origin[block] = np.where(fresh, paces.start, best), np.where(fresh, -1, origin[block])
        best += evidence.pulse[block, np.newaxis] + evidence.place[block][:, :, np.newaxis]
        due[block[:, np.newaxis] + periods, :, index] = best.transpose(0, 2, 1)
    return _traced(due, origin, late, paces, frames)


def _arrived(due: Array, block: NDArray[np.int64]) -> tuple[Array, NDArray[np.int8]]:
    """The best of being on time (0), a frame late (1) or a frame early (-1), and which."""
    best, which = due[block].copy(), np.zeros((len(block), *due.shape[1:]), np.int8)
    for frames_late, ahead in ((1, np.maximum(block - 1, 0)), (-1, block + 1)):
        other = due[ahead] - np.float32(JITTER)
        better = other > best
        best[better], which[better] = other[better], frames_late
    return best, which


def _changed(arrived: Array, change: Array) -> tuple[Array, NDArray[np.int8]]:
    """The best way to each period, shape (frames, places, k), and which step it came by."""
    reach = change.shape[1] // 2
    periods = arrived.shape[2]
    padded = np.pad(arrived, ((0, 0), (0, 0), (reach, reach)), constant_values=_NEVER)
    best, which = np.full_like(arrived, -np.inf), np.zeros(arrived.shape, np.int8)
    for step in range(change.shape[1]):
        other = padded[:, :, step : step + periods] + change[:, step]
        better = other > best
        np.copyto(best, other, where=better)
        which[better] = step
    return best, which


def _traced(
    due: Array, origin: NDArray[np.int8], late: NDArray[np.int8], paces: Paces, frames: int
) -> Row:
    """The row that leads to the best of what is due after the end."""
    periods, reach = paces.periods, paces.change.shape[1] // 2
    places = due.shape[1]
    end = due[frames:]
    found, place, period = (int(i) for i in np.unravel_index(int(end.argmax()), end.shape))
    gain = float(end[found, place, period])
    frame = frames + found - int(periods[period])
    row: list[tuple[int, int]] = []
    while gain > _NEVER / 2:
        row.append((frame, place))
        step = int(origin[frame, place, period])
        if step < 0:
            break
        place, period = (place - 1) % places, period + step - reach
        frame -= int(periods[period]) + int(late[frame, place, period])
    beats = np.array(row[::-1], np.int64).reshape(-1, 2)
    return Row(beats[:, 0], beats[:, 1], gain)
