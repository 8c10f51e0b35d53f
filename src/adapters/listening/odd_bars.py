"""Detect bars that are shorter or longer than four beats, where the count restarts."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.listening.downbeat_cues import BAR, DownbeatCues

Times = NDArray[np.float64]
Places = NDArray[np.int64]


class CueWeights(NamedTuple):
    """Weights of the `DownbeatCues` of a beat, as log odds per unit.

    Fitted by `training.odd_bars`. They differ from `barlines.WEIGHTS`: a network that takes the
    wrong beat for the first does so throughout a song, but it notices a break in the count.
    """

    network: float
    sound: float
    harmony: float
    loudness: float
    chord: float
    every: float
    """Constant for every first beat."""


CUE_WEIGHTS: Final = CueWeights(
    network=0.08, sound=0.14, harmony=0.27, loudness=0.05, chord=0.19, every=-0.2
)
RARE: Final = 5.4
"""Log odds against a restart of the count at a beat, for each of the three other places.

One more than fitted, because half of the songs in the fit have an odd bar.
"""


def recounted(places: Places, downbeat_cues: DownbeatCues) -> Places:
    """Return the places (n,) of beats in bars, with restarts where a bar is shorter or longer.

    Editors cut beats out and singers stretch time: counted in fours to its end, half of such a song
    is wrong. The most likely count comes from an exact search (Viterbi). This does not decide which
    beat of the bar is the first.
    """
    weights = weighed(downbeat_cues)
    stay = -np.log1p(3 * np.exp(-RARE))
    best = np.zeros(BAR)
    came_from = np.tile(np.arange(BAR), (len(places), 1))
    for beat, place in enumerate(places):
        other = int(best.argmax())
        anew = best[other] - RARE
        came_from[beat, best < anew] = other
        best = np.maximum(best, anew) + stay
        # A shift by s makes the beats at place s the first of their bars.
        best[place] += weights[beat]
    shifts = np.zeros(len(places), np.int64)
    shift = int(best.argmax())
    for beat in range(len(places) - 1, -1, -1):
        shifts[beat] = shift
        shift = came_from[beat, shift]
    return (places - shifts) % BAR


def weighed(downbeat_cues: DownbeatCues) -> Times:
    """Return log odds of each beat (n,) to be the first of its bar."""
    *each, every = CUE_WEIGHTS
    return np.array(each) @ np.stack(downbeat_cues) + every
