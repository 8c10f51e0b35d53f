"""Find where the music of a song begins and ends, between silence or noise."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_BLOCK: Final = 1024
"""Samples per level: 46 ms at 22,050 Hz, in which the level of noise varies by some 0.2 dB."""
_ALIKE: Final = 5
"""Blocks in a row whose levels decide if a sound is steady."""
_STEADY: Final = 2.0
"""Maximum difference of their levels in dB; notes decay or begin within a quarter of a second."""
_RISE: Final = 3.0
"""Decibels above steady noise at which something else begins."""
_BELOW: Final = 25.0
"""Decibels below the loud blocks of a song from which on a steady sound is noise."""
_LOUD: Final = 90
"""Percentile of the levels that counts as loud."""
_SILENT: Final = 60.0
"""Decibels below the loud blocks of a song from which on every sound counts as silence."""
_NOTHING: Final = -110.0
"""Level of digital silence in dB, relative to full scale: less than the noise of 16 bits."""


def music_range(samples: Array) -> tuple[int, int]:
    """Return the samples from the first to the last sound of mono ``samples`` (n,) at 22,050 Hz.

    Silence and steady noise on either side are outside, such as hiss, also one after the other.
    The range is empty for silence; its ends are exact to a block of 46 ms. Noise of less than a
    third of a second counts as music, because a quiet note may be as steady.
    """
    count = len(samples) // _BLOCK
    blocks = samples[: count * _BLOCK].reshape(count, _BLOCK)
    power = np.mean(np.square(blocks, dtype=np.float32), axis=1, dtype=np.float64)
    levels = 10 * np.log10(np.maximum(power, 1e-20))
    if levels.max(initial=_NOTHING) <= _NOTHING:
        return 0, 0
    loud = float(np.percentile(levels[levels > levels.max() - _SILENT], _LOUD))
    levels = np.maximum(levels, loud - _SILENT)
    before, after = _steady(levels, loud), _steady(levels[::-1], loud)
    end = len(samples) if after == 0 else (count - after) * _BLOCK
    return before * _BLOCK, end


def _steady(levels: NDArray[np.float64], loud: float) -> int:
    """Return the number of blocks before the first one that is neither silence nor noise."""
    silent, at = loud - _SILENT, 0
    while at < len(levels):
        # The first block may be half of this sound and half of what was before.
        some = levels[at + 1 : at + 1 + _ALIKE] if at + 1 < len(levels) else levels[at:]
        level = float(np.median(some)) if levels[at] > silent else silent
        if max(levels[at] - _RISE, level) > loud - _BELOW or levels[at] > level + _RISE:
            return at
        if level > silent and np.ptp(some) > _STEADY:
            return at
        # A block in which music begins late is hardly louder than the noise, so it counts as music.
        rising = np.flatnonzero(levels[at:] > level + _RISE)
        if len(rising) == 0:
            return len(levels)
        at += int(rising[0])
    return at
