"""Measure the change of a song from beat to beat."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def apart(features: Array, reach: int) -> Array:
    """Return the distance between the means of the ``reach`` beats before and after each beat.

    ``features`` is (beats, numbers). The result is zero at the ends, where there are not enough
    beats.
    """
    count = len(features)
    total = np.vstack([np.zeros((1, features.shape[1])), np.cumsum(features, axis=0)])
    distances = np.zeros(count, np.float32)
    inner = np.arange(reach, count - reach)
    if len(inner):
        past = total[inner] - total[inner - reach]
        future = total[inner + reach] - total[inner]
        distances[inner] = np.linalg.norm(future - past, axis=1) / reach
    return distances


def standard(values: Array, least: float = 1e-3) -> Array:
    """Return values (beats, ...) minus their mean, divided by standard deviation plus ``least``."""
    return ((values - values.mean(axis=0)) / (values.std(axis=0) + least)).astype(np.float32)
