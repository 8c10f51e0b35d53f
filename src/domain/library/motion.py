"""How much moves in a clip, and the beat that the dancers keep where there is no sound."""

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from domain.library.moves import Energy

SLOWEST, FASTEST = 100.0, 170.0
"""BPM that bachata is danced at."""

_HALF: Final = 3.0
"""Mean change of a pixel from picture to picture, in grey levels of 256 at 15 pictures a second,
that is half of all energy: the median of 16 filmed couples."""
_LOW, _HIGH = 0.38, 0.60
"""Energies below and above which a move is one of low or high energy."""
_STRENGTH: Final = 0.12
"""Autocorrelation below which nobody is seen to keep a beat: of 16 filmed couples nine are above
it, and of eight of these the tempo is right within 3 %."""
_AGAIN: Final = (1, 4, 8)
"""Beats after which the same is danced again, or its mirror image."""
_SWAY: Final = 1 / 3
"""Seconds on either side whose mean is taken off: what changes slower is no step."""


class Motion(msgspec.Struct, frozen=True, kw_only=True):
    """How much changes in a clip's picture."""

    rate: float
    """Numbers a second."""
    changes: tuple[float, ...]
    """Mean change of a pixel from each picture to the next, in grey levels of 256."""

    def energy(self, start: float = 0, end: float = math.inf) -> float:
        """0 to 1, from one moment to another, both in seconds; 0 where there is no picture."""
        first = max(0, round(start * self.rate))
        last = len(self.changes) if math.isinf(end) else max(first + 1, round(end * self.rate))
        part = self.changes[first:last]
        mean = sum(part) / len(part) if part else 0.0
        return round(mean / (mean + _HALF), 3) if mean > 0 else 0.0


class Pulse(msgspec.Struct, frozen=True, kw_only=True):
    """A beat that is seen."""

    tempo: float
    beats: tuple[float, ...]
    """Seconds."""


def level_of(energy: float) -> Energy:
    """The word for an energy."""
    if energy < _LOW:
        return Energy.LOW
    return Energy.HIGH if energy > _HIGH else Energy.MEDIUM


def pulse(motion: Motion) -> Pulse | None:
    """The beat that the changes go with most; None where they go with none.

    Dancers move most between the beats, when weight is passed on, and least on them. Which beat
    is a "1" is not seen.
    """
    still = _stepwise([-each for each in motion.changes], max(1, round(_SWAY * motion.rate)))
    power = sum(each * each for each in still)
    shortest, longest = (60 * motion.rate / tempo for tempo in (FASTEST, SLOWEST))
    if power <= 0 or len(still) < (max(_AGAIN) + 1) * longest:
        return None
    lags = [shortest + (longest - shortest) * step / 200 for step in range(201)]
    alike = [_alike(still, lag) / power for lag in lags]
    tops = [at for at in range(1, 200) if alike[at - 1] <= alike[at] >= alike[at + 1]]
    best = max(tops, key=lambda at: alike[at], default=None)
    if best is None or alike[best] < _STRENGTH:
        return None
    lag = lags[best]
    phase = max((lag * step / 32 for step in range(32)), key=lambda at: _sum_at(still, at, lag))
    count = int((len(still) - 1 - phase) / lag) + 1
    beats = tuple(round((phase + 0.5 + number * lag) / motion.rate, 3) for number in range(count))
    return Pulse(tempo=round(60 * motion.rate / lag, 1), beats=beats)


def _stepwise(values: Sequence[float], sway: int) -> list[float]:
    """Each number less the mean of those about it."""
    found: list[float] = []
    for at, value in enumerate(values):
        about = values[max(0, at - sway) : at + sway + 1]
        found.append(value - sum(about) / len(about))
    return found


def _alike(values: Sequence[float], lag: float) -> float:
    """Autocorrelation over a beat, a bar and two, whose lags may lie between two numbers."""
    total = 0.0
    for beats in _AGAIN:
        shift, part = int(lag * beats), lag * beats % 1
        ends = range(len(values) - shift - 1)
        both = sum(values[i] * _between(values, i + shift, part) for i in ends)
        total += both * len(values) / (len(values) - shift)
    return total / len(_AGAIN)


def _sum_at(values: Sequence[float], first: float, lag: float) -> float:
    total, at = 0.0, first
    while at < len(values) - 1:
        total += _between(values, int(at), at % 1)
        at += lag
    return total


def _between(values: Sequence[float], at: int, part: float) -> float:
    return values[at] * (1 - part) + values[at + 1] * part
