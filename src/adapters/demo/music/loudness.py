"""Loudness by ITU-R BS.1770-4, and mastering to a given loudness below a given peak."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import signal

CEILING = 10 ** (-2.0 / 20)
"""Maximum sample of a master: 1 dB below -1 dBTP, as a margin for peaks between samples."""

BLOCK_SECONDS = 0.4
HOP_SECONDS = 0.1
ABSOLUTE_GATE = -70.0
RELATIVE_GATE = -10.0
LIMITER_HOP_SECONDS = 0.001
LIMITER_HOPS = 8


def integrated(wave: NDArray[np.float32], rate: int) -> float:
    """Return the gated loudness in LUFS of a wave of shape (samples, 2) that
    lasts at least 0.4 s.
    """
    weighted = np.asarray(signal.sosfilt(_k_weighting(rate), wave, axis=0))
    hop = round(HOP_SECONDS * rate)
    hops = len(wave) // hop
    powers = (weighted[: hops * hop] ** 2).reshape(hops, hop, 2).mean(axis=1).sum(axis=1)
    overlap = round(BLOCK_SECONDS / HOP_SECONDS)
    blocks = np.convolve(powers, np.full(overlap, 1 / overlap), "valid")
    loud_blocks = blocks[blocks > _power(ABSOLUTE_GATE)]
    if len(loud_blocks) == 0:
        return -math.inf
    gate = _loudness(float(loud_blocks.mean())) + RELATIVE_GATE
    return _loudness(float(loud_blocks[loud_blocks > _power(gate)].mean()))


def mastered(wave: NDArray[np.float32], target: float, rate: int) -> NDArray[np.float32]:
    """Return the wave at `target` LUFS with no sample above the ceiling, in the same shape."""
    gain = target - integrated(wave, rate)
    loud = wave * np.float32(10 ** (gain / 20))
    if float(np.abs(loud).max()) <= CEILING:
        return loud
    limited = _limited(loud, rate)
    # The limiter lowers the loudness slightly; after one correction the remaining error is
    # negligible.
    gain = target - integrated(limited, rate)
    return _limited(limited * np.float32(10 ** (gain / 20)), rate)


def _limited(wave: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Return the wave below the ceiling; the gain changes slowly and before each peak."""
    hop = round(LIMITER_HOP_SECONDS * rate)
    hops = math.ceil(len(wave) / hop)
    peaks = np.zeros(hops * hop, dtype=np.float32)
    peaks[: len(wave)] = np.maximum(np.abs(wave[:, 0]), np.abs(wave[:, 1]))
    gains = np.minimum(1.0, CEILING / np.maximum(peaks.reshape(hops, hop).max(axis=1), 1e-9))
    reach = 2 * LIMITER_HOPS + 1
    padded = np.pad(gains, reach, mode="edge")
    lowest = np.lib.stride_tricks.sliding_window_view(padded, reach + 2).min(axis=1)
    # A mean of minima never exceeds the required gain at its centre and has no corners.
    window = np.hanning(reach + 2)[1:-1]
    smooth = np.convolve(lowest, window / window.sum(), "same")
    centres = (np.arange(len(smooth)) - (len(smooth) - hops) / 2 + 0.5) * hop
    gain = np.interp(np.arange(len(wave)), centres, smooth).astype(np.float32)
    return wave * gain[:, np.newaxis]


def _k_weighting(rate: int) -> NDArray[np.float64]:
    """Return the high shelf and the low cut of BS.1770 as second-order sections for any rate.

    The analogue values behind the standard's 48 kHz table: a shelf of 4 dB at 1682 Hz with Q
    0.7072, a high-pass at 38.1 Hz with Q 0.5003 (Mansbridge, Finn and Reiss, AES 132, 2012).
    """
    artifacts = math.tan(math.pi * 1681.974450955533 / rate)
    quality = 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    norm = 1 + artifacts / quality + artifacts**2
    head = (
        (high + band * artifacts / quality + artifacts**2) / norm,
        2 * (artifacts**2 - high) / norm,
        (high - band * artifacts / quality + artifacts**2) / norm,
        1.0,
        2 * (artifacts**2 - 1) / norm,
        (1 - artifacts / quality + artifacts**2) / norm,
    )
    low = math.tan(math.pi * 38.13547087602444 / rate)
    quality = 0.5003270373238773
    norm = 1 + low / quality + low**2
    cut = (1.0, -2.0, 1.0, 1.0, 2 * (low**2 - 1) / norm, (1 - low / quality + low**2) / norm)
    return np.array([head, cut])


def _loudness(power: float) -> float:
    return -0.691 + 10 * math.log10(power)


def _power(loudness: float) -> float:
    return 10 ** ((loudness + 0.691) / 10)
