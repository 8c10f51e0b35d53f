"""Make speech faster or slower at the same pitch."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from adapters.sound.wav import RATE

_WINDOW: Final = RATE * 40 // 1000
"""Samples that are moved together: 40 ms, which hold two periods of a low voice."""
_HOP: Final = _WINDOW // 2
_SEARCH: Final = RATE * 8 // 1000
"""Samples by which a piece may be moved to fit: half a period of a low voice."""
_COARSE: Final = 4
"""Only each fourth sample is compared, which is enough below 6 kHz."""


def stretched(sound: NDArray[np.float32], speed: float) -> NDArray[np.float32]:
    """Return mono sound of 48 kHz at a speed of about 0.5 to 2.

    Pieces are taken where they continue the one before best (WSOLA: Verhelst and Roelands, ICASSP
    1993).
    """
    pieces = round(len(sound) / speed) // _HOP
    if speed == 1 or pieces < 2:
        return sound
    margin = np.zeros(_WINDOW + _SEARCH, np.float32)
    source = np.concatenate([margin[:_SEARCH], sound, margin, margin])
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    result = np.zeros((pieces + 1) * _HOP, np.float32)
    start = _SEARCH
    for index in range(pieces):
        if index:
            start = _best(source, start + _HOP, _SEARCH + round(index * _HOP * speed))
        place = index * _HOP
        result[place : place + _WINDOW] += source[start : start + _WINDOW] * window
    return result


def _best(source: NDArray[np.float32], natural: int, target: int) -> int:
    """Return the begin of the piece near ``target`` that is most like the one at ``natural``."""
    target = min(target, len(source) - _WINDOW - _SEARCH)
    natural = min(natural, len(source) - _WINDOW)
    model = source[natural : natural + _WINDOW : _COARSE]
    region = source[target - _SEARCH : target + _SEARCH + _WINDOW : _COARSE]
    likeness = np.correlate(region, model, "valid")
    return target - _SEARCH + int(np.argmax(likeness)) * _COARSE
