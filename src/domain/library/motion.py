"""The amount of motion in a clip, and the beat of the dancers' movement in a silent clip."""

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from domain.library.moves import Energy

SLOWEST, FASTEST = 100.0, 170.0
"""Range of bachata tempos in BPM."""

_HALF: Final = 3.0
"""Mean pixel change that gives an energy of 0.5: grey levels (of 256) per frame at 15 frames per
second; the median of 16 filmed couples.
"""
_LOW, _HIGH = 0.38, 0.60
"""Limits between low, medium and high energy."""
_STRENGTH: Final = 0.12
"""Minimum autocorrelation for a visible beat: of 16 filmed couples nine exceed it, and for eight of
these the tempo is right within 3 %.
"""
_AGAIN: Final = (1, 4, 8)
"""Numbers of beats after which a dance repeats itself or its mirror image."""
_SWAY: Final = 1 / 3
"""Half-width in seconds of the moving average to subtract: slower changes are not steps."""


class Motion(msgspec.Struct, frozen=True, kw_only=True):
    """The changes between the frames of a clip."""

    rate: float
    """Number of changes per second."""
    changes: tuple[float, ...]
    """Mean change of a pixel from each frame to the next, in grey levels (of 256)."""

    def energy(self, start: float = 0, end: float = math.inf) -> float:
        """Return the energy between two moments in seconds, 0 to 1; 0 if there are no frames."""
        first = max(0, round(start * self.rate))
        last = len(self.changes) if math.isinf(end) else max(first + 1, round(end * self.rate))
        part = self.changes[first:last]
        mean = sum(part) / len(part) if part else 0.0
        return round(mean / (mean + _HALF), 3) if mean > 0 else 0.0


class Pulse(msgspec.Struct, frozen=True, kw_only=True):
    """A visible beat."""

    tempo: float
    beats: tuple[float, ...]
    """Times of the beats in seconds."""


def level_of(energy: float) -> Energy:
    """Return the level of an energy between 0 and 1."""
    if energy < _LOW:
        return Energy.LOW
    return Energy.HIGH if energy > _HIGH else Energy.MEDIUM


def pulse(motion: Motion) -> Pulse | None:
    """Return the beat that best fits the changes; None if none fits.

    Dancers move most between the beats, when they transfer their weight, and least on the beats.
    The picture does not show which beat is a "1".
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
    """Return each number minus the mean of its neighbourhood."""
    differences: list[float] = []
    for at, value in enumerate(values):
        about = values[max(0, at - sway) : at + sway + 1]
        differences.append(value - sum(about) / len(about))
    return differences


def _alike(values: Sequence[float], lag: float) -> float:
    """Return the autocorrelation at one beat, one bar and two bars, interpolated
    between samples.
    """
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
