"""Weigh the evidence for which of two bars begins the eight-counts of a song."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.listening.downbeat_cues import BAR
from adapters.listening.novelty import apart, standard
from adapters.listening.spectral_features import SpectralFeatures

Array = NDArray[np.float32]
Times = NDArray[np.float64]

FEWEST: Final = 4
"""Minimum number of bars for which there is evidence."""
_MOST: Final = 3.0
"""Maximum weight of a change, in multiples of the mean one, so that one event cannot decide."""
_AUDIBLE: Final = 1.0
"""Minimum variation of a band's level, in decibels, for its full weight."""
_PHRASE: Final = 4
"""Bars on either side of a bar line that are compared as phrases."""
_FIRST: Final = 1.0
"""Log odds that music begins with a "1": it does so in nearly all written music, but a recording
may begin anywhere.
"""


class OneCues(NamedTuple):
    """Weights of the cues for a bar to begin an eight-count.

    They are log odds per unit of the difference between the means of the odd and of the even bars,
    fitted to 83 synthetic songs; see `training/README.md`.
    """

    pair: float
    """Likeness of a bar to the next one, minus its likeness to the one before."""
    phrase: float
    """Likeness within the four bars before and after, minus that between them."""
    timbre: float
    """Change of the band levels from one bar to the next; this and the following saturate."""
    long_timbre: float
    """Change of the band levels from four bars to the next four."""
    loudness: float
    """Change of loudness from one bar to the next."""


WEIGHTS: Final = OneCues(pair=3.05, phrase=2.8, timbre=4.3, long_timbre=11.6, loudness=2.4)


def first_odds(spectrum: SpectralFeatures, beats: Times, downbeats: Times) -> float:
    """Return the log odds that the first of the downbeats, not the second, is a "1".

    An eight-count is two bars that belong together. So its bars are alike, and phrases, players and
    loudness change where it begins. Beats and downbeats are in seconds and increase.
    """
    at = np.searchsorted(beats, downbeats - 1e-6)
    if len(at) < FEWEST:
        return _FIRST
    differences = [
        float(np.mean(cue[0::2]) - np.mean(cue[1::2])) for cue in one_cues(spectrum, beats, at)
    ]
    return float(np.array(WEIGHTS) @ np.array(differences)) + _FIRST


def one_cues(spectrum: SpectralFeatures, beats: Times, at: NDArray[np.int64]) -> list[Times]:
    """Return the `OneCues` of bars that begin at the beats with the indices ``at``."""
    loudness, levels, _ = spectrum.between(np.append(beats, 2 * beats[-1] - beats[-2]))
    timbre = standard(levels, _AUDIBLE)
    alike = _likeness(timbre, at)
    return [
        _pair(alike),
        _phrase(alike),
        _saturated(apart(timbre, BAR)[at]),
        _saturated(apart(timbre, BAR * _PHRASE)[at]),
        _saturated(apart(standard(loudness[:, np.newaxis]), BAR)[at]),
    ]


def _likeness(timbre: Array, at: NDArray[np.int64]) -> Times:
    """Return the likeness of every two bars, (bars, bars), -1 to 1, beat by beat."""
    inside = np.minimum(at[:, np.newaxis] + np.arange(BAR), len(timbre) - 1)
    patterns = timbre[inside].reshape(len(at), -1).astype(np.float64)
    # The groove that all bars share would hide how they differ.
    patterns -= patterns.mean(axis=0)
    patterns /= np.linalg.norm(patterns, axis=1, keepdims=True) + 1e-9
    return patterns @ patterns.T


def _pair(alike: Times) -> Times:
    next_one = np.diagonal(alike, 1)
    cue = np.zeros(len(alike))
    cue[1:-1] = next_one[1:] - next_one[:-1]
    return cue


def _phrase(alike: Times) -> Times:
    cue = np.zeros(len(alike))
    for bar in range(_PHRASE, len(alike) - _PHRASE + 1):
        before, after = slice(bar - _PHRASE, bar), slice(bar, bar + _PHRASE)
        within = alike[before, before].mean() + alike[after, after].mean()
        cue[bar] = within - 2 * alike[before, after].mean()
    return cue / (np.abs(cue).mean() + 1e-9)


def _saturated(change: Array) -> Times:
    usual = float(change[change > 0].mean()) if (change > 0).any() else 1.0
    return np.minimum(change.astype(np.float64) / (usual + 1e-9), _MOST)
