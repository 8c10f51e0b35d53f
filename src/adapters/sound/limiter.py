"""A limiter that sees peaks before they come, and those between samples."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from adapters.sound.wav import RATE

CEILING: Final = 10 ** (-1.5 / 20)
"""The highest true peak; half a decibel is left for what rounding and the gain's change add."""
_REACH: Final = RATE // 200
"""Samples before and after a peak in which the gain changes: 5 ms."""
_OVERSAMPLING: Final = 4
"""True peaks are measured at four times the rate (BS.1770-4, annex 2)."""
_FILTER: Final = 8
"""Samples before and after a place that tell the sound there."""


def _phase(share: float) -> NDArray[np.float32]:
    """Return the filter that tells the sound at ``share`` of the way to the following sample."""
    places = np.arange(-_FILTER, _FILTER + 1) + share
    window = np.cos(np.pi * places / (2 * (_FILTER + 1)))
    taps = np.sinc(places) * window
    return (taps / taps.sum()).astype(np.float32)


_PHASES: Final = tuple(_phase(each / _OVERSAMPLING) for each in range(1, _OVERSAMPLING))
HALO: Final = 2 * _REACH + _FILTER
"""Samples before and after a block that decide on the gain within it."""
_SAFE: Final = 0.5
"""Sound whose samples stay below this part of the ceiling has no true peak above it."""


def limit(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return sound of shape (samples, channels) whose true peaks are at most `CEILING`.

    All channels get the same gain. The gain of a sample depends on `HALO` samples around it.
    """
    if not len(sound) or float(np.abs(sound).max()) <= _SAFE * CEILING:
        return sound
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    needed = np.minimum(1.0, CEILING / np.maximum(true_peaks(sound), CEILING))
    window = 2 * _REACH + 1
    # The mean of minima over the same window is never above what any sample in it needs.
    lowest = minimum_filter1d(needed, window, mode="nearest")
    gain = uniform_filter1d(lowest, window, mode="nearest")
    return (sound * gain[:, np.newaxis]).astype(np.float32)


def true_peaks(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the highest true peak of any channel around each sample."""
    highest = np.abs(sound).max(axis=1)
    for channel in sound.T:
        for phase in _PHASES:
            between = np.abs(np.convolve(channel, phase)[_FILTER : _FILTER + len(sound)])
            np.maximum(highest, between, out=highest)
            # A peak between two samples belongs to both.
            np.maximum(highest[1:], between[:-1], out=highest[1:])
    return highest
