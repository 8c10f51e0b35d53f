"""Compare the analysis of a song with that of the same song in another form."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.listening.features import RATE
from domain.library.songs import Analysis
from training.alterations import Altered

Samples = NDArray[np.float32]
Times = NDArray[np.float64]

WITHIN: Final = 0.07
"""Seconds within which two times are the same, as in `benchmarks.beats`."""
LEAST: Final = 0.95
"""Share of the times that have to be the same for an analysis to be so."""
_EDGE: Final = 0.1
"""Seconds before the end of the common music whose times are not compared."""


class Sameness(NamedTuple):
    """Shares of the beats, downbeats and "1"s that both analyses have, 0 to 1 each."""

    beats: float
    bars: float
    ones: float

    @property
    def holds(self) -> bool:
        """True if beats, bars and eight-counts are the same."""
        return min(self) >= LEAST


def sameness(original: Analysis, other: Analysis, altered: Altered) -> Sameness:
    """Return how much of a song's analysis is in that of the altered song."""
    shares = [
        _shared(np.array(here), np.array(there), altered)
        for here, there in (
            (original.beats, other.beats),
            (original.downbeats, other.downbeats),
            (original.ones, other.ones),
        )
    ]
    return Sameness(*shares)


def cut_after_last_one(samples: Samples, analysis: Analysis) -> Altered | None:
    """Return a song up to a beat after its last "1"; None if it has fewer than three."""
    if len(analysis.ones) <= 2:
        return None
    end = analysis.ones[-1] + 60 / analysis.tempo
    return Altered(samples[: round(end * RATE)], until=end)


def _shared(here: Times, there: Times, altered: Altered) -> float:
    """Return the F-measure of two lists of times, each time in one pair at most."""
    moved = here[here < altered.until - _EDGE] * altered.scale + altered.shift
    end = (altered.until - _EDGE) * altered.scale + altered.shift
    there = there[there < end]
    if len(moved) == 0 or len(there) == 0:
        return float(len(moved) == len(there))
    nearest = np.abs(moved[:, np.newaxis] - there)
    # Times of one list are more than twice as far apart, so that no time has two partners.
    pairs = int((nearest.min(axis=1) <= WITHIN).sum())
    return 2 * pairs / (len(moved) + len(there))
