"""Smooth functions of time from which all motion is made."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]


def smooth(u: Floats) -> Floats:
    """Rise from 0 at u <= 0 to 1 at u >= 1 with no speed and no acceleration at either end."""
    v = np.clip(u, 0.0, 1.0)
    return v * v * v * (v * (6.0 * v - 15.0) + 10.0)


def hop(u: Floats) -> Floats:
    """Rise from 0 at u = 0 to 1 at u = 0.5 and fall to 0 at u = 1, at rest at both ends."""
    v = np.clip(u, 0.0, 1.0)
    return 16.0 * (v * (1.0 - v)) ** 2


def accent(t: Floats, at: float, rise: float, fall: float) -> Floats:
    """Swell to 1 at beat `at` within `rise` beats before it and `fall` beats after it."""
    return smooth((t - at) / rise + 1.0) * smooth(1.0 - (t - at) / fall)


def window(t: Floats, start: float, end: float, ramp: float) -> Floats:
    """Be 1 from beat `start` to `end`, easing in and out over `ramp` beats inside them."""
    return smooth((t - start) / ramp) * smooth((end - t) / ramp)


def through(keys: Floats, t: Floats, first: int) -> Floats:
    """Pass smoothly through `keys` (K, D) at the beats first, first + 1, ...; returns (T, D).

    A uniform Catmull-Rom spline, so the speed is continuous and a key only bends its two
    neighbours on either side.
    """
    place = np.clip(t - first, 1.0, len(keys) - 2.001)
    i = place.astype(np.intp)
    u = (place - i)[:, None]
    a, b, c, d = keys[i - 1], keys[i], keys[i + 1], keys[i + 2]
    return b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)))


def unit(v: Floats) -> Floats:
    """Scale vectors (..., 3) to length one."""
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9)
