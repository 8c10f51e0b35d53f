"""Find where the music of a song begins and ends, between silence, noise and a last decay."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Levels = NDArray[np.float64]

_BLOCK: Final = 1024
"""Samples per level: 46 ms at 22,050 Hz, in which the level of noise varies by some 0.2 dB."""
_ALIKE: Final = 5
"""Blocks in a row whose levels decide if a sound is steady."""
_STEADY: Final = 2.0
"""Maximum difference of their levels in dB; notes decay or begin within a quarter of a second."""
_RISE: Final = 3.0
"""Decibels above steady noise, or above a decay, at which something else begins."""
_BELOW: Final = 25.0
"""Decibels below the loud blocks of a song from which on a steady sound is noise."""
_LOUD: Final = 90
"""Percentile of the levels that counts as loud."""
_SILENT: Final = 60.0
"""Decibels below the loud blocks of a song from which on every sound counts as silence."""
_FADED: Final = 20.0
"""Decibels below the loud blocks to which the last sound decays while the music still counts."""
_NOTHING: Final = -110.0
"""Level of digital silence in dB, relative to full scale: less than the noise of 16 bits."""
EVERYWHERE: Final = (-np.inf, np.inf)
_RATE: Final = 22_050
_LEVEL: Final = 0.1
"""Root mean square of `Music.samples`."""


class Music(NamedTuple):
    """The music of a song without what surrounds it, at a loudness of its own.

    It is the same for a song with silence before or after it, and for a louder one.
    """

    samples: Array
    """(n,) mono at 22,050 Hz, with a root mean square of 0.1; empty for silence."""
    first: int
    """Sample of the song at which the music begins."""
    body: tuple[float, float]
    """Seconds of the music between which it is loud: without a quiet beginning and a fade."""


def music_of(samples: Array) -> Music:
    """Return the music of mono ``samples`` (n,) at 22,050 Hz."""
    first, last = music_range(samples)
    inside = samples[first:last].astype(np.float32, copy=False)
    if len(inside) == 0:
        return Music(inside, first, (0.0, 0.0))
    level = float(np.sqrt(np.mean(np.square(inside, dtype=np.float64))))
    levels = _levels(inside)
    loud = np.flatnonzero(levels >= _loud(levels) - _FADED)
    body = (loud[0] * _BLOCK / _RATE, (loud[-1] + 1) * _BLOCK / _RATE)
    return Music(inside * np.float32(_LEVEL / level), first, body)


def within(beats: Levels, span: tuple[float, float]) -> slice:
    """Return the beats, which increase, that lie in a span of seconds."""
    return slice(*(int(edge) for edge in np.searchsorted(beats, span)))


def music_range(samples: Array) -> tuple[int, int]:
    """Return the samples from the first to the last sound of mono ``samples`` (n,) at 22,050 Hz.

    Silence and steady noise on either side are outside, such as hiss, also one after the other, and
    so is the decay of the last sound, from 20 dB below the loud parts on. The range is empty for
    silence. Its ends do not depend on digital silence around the song, nor on its gain. Noise of
    less than a third of a second counts as music, because a quiet note may be as steady.
    """
    peak = float(np.abs(samples).max(initial=0))
    if peak <= 10 ** (_NOTHING / 20):
        return 0, 0
    # Blocks are counted from the first and from the last audible sample, wherever these are.
    audible = np.flatnonzero(np.abs(samples) > peak * 10 ** (-_SILENT / 20))
    first, last = int(audible[0]), int(audible[-1]) + 1
    levels = _levels(samples[first:last])
    loud = _loud(levels)
    before = _steady(np.maximum(levels, loud - _SILENT), loud)
    backward = _levels(samples[first:last][::-1])
    after = _steady(np.maximum(backward, loud - _SILENT), loud)
    after += _decay(backward[after:], loud)
    start, end = first + before * _BLOCK, last - after * _BLOCK
    return (start, end) if start < end else (first, first)


def _levels(samples: Array) -> Levels:
    """Return the level of each block in dB; the last, shorter one counts as the others do."""
    count = -(-len(samples) // _BLOCK)
    blocks = np.pad(samples, (0, count * _BLOCK - len(samples))).reshape(count, _BLOCK)
    power = np.mean(np.square(blocks, dtype=np.float32), axis=1, dtype=np.float64)
    return 10 * np.log10(np.maximum(power, 1e-20))


def _loud(levels: Levels) -> float:
    return float(np.percentile(levels[levels > levels.max() - _SILENT], _LOUD))


def _steady(levels: Levels, loud: float) -> int:
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


def _decay(backward: Levels, loud: float) -> int:
    """Return the number of quiet blocks, from the last one backward, in which nothing begins.

    A sound begins where the level rises; a reverberation only falls.
    """
    quiet = np.flatnonzero(backward >= loud - _FADED)
    quiet_blocks = int(quiet[0]) if len(quiet) else 0
    smooth = np.convolve(backward, np.full(_ALIKE, 1 / _ALIKE), "same")[:quiet_blocks]
    # Backward, the level of a decay grows; where it falls, a sound begins.
    falling = np.flatnonzero(np.maximum.accumulate(smooth) - smooth > _RISE)
    return int(falling[0]) if len(falling) else quiet_blocks
