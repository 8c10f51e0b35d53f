"""Compare detected times with true ones."""

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]

WITHIN = 0.070
"""Seconds, as is usual for beats."""


def f_measure(truth: Times, times: Times) -> float:
    """Twice the pairs within 70 ms over all times there are, each time in one pair at most."""
    pairs, at = 0, 0
    for time in truth:
        while at < len(times) and times[at] < time - WITHIN:
            at += 1
        if at < len(times) and times[at] <= time + WITHIN:
            pairs, at = pairs + 1, at + 1
    return 2 * pairs / max(1, len(truth) + len(times))
