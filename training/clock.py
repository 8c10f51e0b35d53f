"""The times of the beats of a song: tempo, drift and swing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEADY = 0.45
WAVERING = 0.35
"""Shares of songs with a click and of songs whose tempo wavers; that of the others wanders."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of every position in a song."""

    beats: NDArray[np.float64]
    """(n,) seconds; those before zero are over when the excerpt begins."""
    eighths: float
    """Delay of the second eighth of a beat, in beats: 1/6 is a full shuffle."""
    sixteenths: float
    """Delay of the second and the fourth sixteenth, in beats."""

    def time(self, position: float) -> float:
        """The seconds at a position in beats, swung."""
        beat = int(np.clip(np.floor(position), 0, len(self.beats) - 2))
        share = position - beat
        quarter = round(share * 4)
        if abs(share * 4 - quarter) < 1e-6:
            share += (0.0, 0.4, 1.0, 0.6, 0.0)[max(0, min(quarter, 4))] * self.eighths
            share += self.sixteenths if quarter in (1, 3) else 0.0
        first, after = self.beats[beat], self.beats[beat + 1]
        return float(first + (after - first) * share)


def clock(rng: np.random.Generator, bpm: float, seconds: float, swing: str, bar: int) -> Clock:
    """A clock for an excerpt of so many seconds, that may begin anywhere within two bars of four.

    One in five begins after a silence instead.
    """
    count = int(seconds * bpm / 60) + 3 * bar
    beats = np.concatenate([[0.0], np.cumsum(60 / bpm * _lengths(rng, count))])
    after_silence = rng.random() < 0.2
    beats += rng.uniform(0.2, 4) if after_silence else -rng.uniform(0, 2 * bar) * 60 / bpm
    eighths, sixteenths = 0.0, 0.0
    if swing == "eighths":
        eighths = rng.uniform(0.12, 0.18)
    elif rng.random() < 0.1:
        eighths = rng.uniform(0.02, 0.15)
    if swing == "sixteenths" or rng.random() < 0.1:
        sixteenths = rng.uniform(0, 0.06)
    return Clock(beats, eighths, sixteenths)


def _lengths(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """The beats' lengths against the tempo, shape (count,)."""
    kind = rng.random()
    if kind < STEADY:
        return np.ones(count)
    if kind < STEADY + WAVERING:
        turn = np.arange(count) / rng.uniform(10, 60) * 2 * np.pi + rng.uniform(0, 6)
        return 1 + rng.uniform(0.003, 0.02) * np.sin(turn) + rng.normal(0, 0.004, count)
    return np.clip(1 + np.cumsum(rng.normal(0, 0.003, count)), 0.88, 1.12)
