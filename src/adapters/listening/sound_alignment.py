"""Fingerprint the sound of clips, and find clips with the same recording.

A fingerprint is the rise of loudness in twelve bands, fifty times per second. It is independent of
gain and equalisation and robust to noise, because it is compared relative to its mean in each band.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from adapters.listening.features import FPS, RATE, rises
from domain.library.shared_recordings import Alignment, SoundPrint

Array = NDArray[np.float32]

_BANDS: Final = 12
_LONGEST: Final = 60.0
"""Seconds of a clip that are fingerprinted: 36 kB."""
_OVERLAP: Final = 4.0
"""Minimum seconds that two clips must share."""
_LEAST: Final = 0.5
"""Correlation that two recordings of the same rhythm hardly reach: of 171 pairs of 19 filmed clips
three do, which have one recording, and the other pairs have 0.46 and less.
"""
_HALF_BEATS: Final = (0.12, 0.4)
"""Seconds of half a beat at any tempo."""
_MARGIN: Final = 0.1
"""Minimum advantage of a correlation over those half a beat beside it. Guitar and güira play
eighths: three pairs of filmed clips with one recording have more, a pair that was half a beat off
has less.
"""
_SURE: Final = 0.75
"""Correlation of two cuts of one recording with little noise, and more."""


def sound_print(samples: Array) -> SoundPrint:
    """Return the fingerprint of mono ``samples`` (n,) at 22,050 Hz; empty for silence."""
    if len(samples) == 0:
        return b""
    rows = rises(samples[: int(_LONGEST * RATE)])
    highest = rows.max(axis=0, initial=0)
    if highest.max() <= 0:
        return b""
    even: Array = np.minimum(1, rows / np.maximum(highest, 1e-9))
    marks: NDArray[np.uint8] = (255 * even + 0.5).astype(np.uint8)
    return marks.tobytes()


def align(one: SoundPrint, other: SoundPrint) -> Alignment | None:
    """Return the alignment of two clips; None if they do not contain the same recording."""
    first, second = _even(one), _even(other)
    least = int(_OVERLAP * FPS)
    if min(len(first), len(second)) < least:
        return None
    size = 1 << (len(first) + len(second)).bit_length()
    spectrum = np.fft.rfft(first, size, axis=0) * np.conj(np.fft.rfft(second, size, axis=0))
    lags = np.arange(least - len(second), len(first) - least + 1)
    products = np.fft.irfft(spectrum.sum(axis=1), size)[lags]
    alike = products / np.sqrt(_energy(first, second, lags))
    best = int(alike.argmax())
    beside = np.abs(np.arange(len(lags)) - best) / FPS
    half_a_beat = alike[(beside >= _HALF_BEATS[0]) & (beside <= _HALF_BEATS[1])]
    margin = alike[best] - half_a_beat.max(initial=-1.0)
    if alike[best] < _LEAST or margin < _MARGIN:
        return None
    lag = lags[best] + _summit(alike, best)
    return Alignment(offset=float(lag / FPS), quality=float(min(1.0, alike[best] / _SURE)))


def _even(mark: SoundPrint) -> NDArray[np.float64]:
    """Return rows (frames, 12) with mean 0 and deviation 1 in each band."""
    rows = np.frombuffer(mark, np.uint8).reshape(-1, _BANDS).astype(np.float64)
    if len(rows) == 0:
        return rows
    deviation = rows.std(axis=0)
    return (rows - rows.mean(axis=0)) / np.where(deviation > 0, deviation, np.inf)


def _energy(
    first: NDArray[np.float64], second: NDArray[np.float64], lags: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the product of the energies of both clips where they overlap, for each lag."""
    sums = [np.concatenate([[0.0], np.cumsum(np.square(x).sum(axis=1))]) for x in (first, second)]
    start, end = np.maximum(0, lags), np.minimum(len(first), lags + len(second))
    one = sums[0][end] - sums[0][start]
    other = sums[1][end - lags] - sums[1][start - lags]
    return np.maximum(one * other, 1e-9)


def _summit(alike: NDArray[np.float64], best: int) -> float:
    """Return how far the top of a parabola through three points is from the middle one."""
    if not 0 < best < len(alike) - 1:
        return 0.0
    left, middle, right = alike[best - 1 : best + 2]
    bend = left - 2 * middle + right
    return float(0.5 * (left - right) / bend) if bend < 0 else 0.0
