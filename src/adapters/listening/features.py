"""Features of audio for the beat network: 34 numbers, fifty times per second."""

import math
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

RATE: Final = 22_050
HOP: Final = 220
"""Samples between two fine frames, 9.98 ms; each frame of the network is a pair of these."""

FPS: Final = RATE / HOP / 2
"""Frames per second; frame k is at about `seconds(k)`."""

COUNT: Final = 34

_WINDOW: Final = 2048
_MEL_BANDS: Final = 81
_MEL_HERTZ: Final = (30.0, 10_000.0)
_JOINED: Final = (0, 2, 4, 7, 10, 14, 19, 25, 32, 40, 50, 62, 81)
"""Edges of the twelve merged bands, in mel bands: narrow at low frequencies, where drum and bass
differ.
"""

_LEVEL: Final = 0.1
"""Root mean square that every sound is normalised to, so that its loudness has no effect."""

_SILENT: Final = 1e-9
_COMPRESSION: Final = 20.0
_ONSET_SECONDS: Final = 8.0
_LEVEL_SECONDS: Final = 4.0
_HARMONY: Final = ((130.0, 2000.0), (0.3, 0.6, 1.2, 2.4))
_BASS: Final = ((40.0, 260.0), (0.4, 1.2))
"""Range in Hertz whose pitches are folded into an octave, and the spans of change in seconds."""

_TIMBRE_SECONDS: Final = (0.6, 1.2, 2.4)
_AT_ONCE: Final = 512
"""Frames per transform: four megabytes for songs of any length."""


def seconds(frame: float) -> float:
    """Return the time in the middle of the pair of fine frames of a frame."""
    return (2 * frame + 0.5) * HOP / RATE


def features(samples: Array) -> Array:
    """Return the features of mono ``samples`` (n,) at 22,050 Hz, shape (frames, 34).

    In this order: the onsets in twelve bands and their mean, the levels of the twelve bands, the
    change of harmony over four spans of time, of the bass over two, of the timbre over three.
    """
    even = _even(samples)
    fine = _fine(even)
    frames = len(fine) // 2
    rise = _rise(fine)
    onsets = _pairs(np.column_stack((_joined(rise), rise.mean(axis=1))))
    levels = _joined(fine)[: 2 * frames].reshape(frames, 2, -1).mean(axis=1)
    around = _averaged(levels, _LEVEL_SECONDS)
    columns = [
        _evened(onsets),
        2 * (levels - around),
        *_harmonic_change(even, frames),
        *(_change(levels - levels.mean(axis=0), int(s * FPS)) - 1 for s in _TIMBRE_SECONDS),
    ]
    return np.column_stack(columns).astype(np.float32)


def rises(samples: Array) -> Array:
    """Return the rise of loudness in twelve bands, shape (frames, 12), without normalisation."""
    return _pairs(_joined(_rise(_fine(_even(samples)))))


def _even(samples: Array) -> Array:
    """Return samples at the usual loudness."""
    level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float32), dtype=np.float64)))
    return samples.astype(np.float32, copy=False) * np.float32(_LEVEL / max(level, _SILENT))


def _fine(even: Array) -> Array:
    """Return the levels of the mel bands, shape (fine frames, 81)."""
    return np.log10(1 + _COMPRESSION * _spectrum(even, _WINDOW, HOP, _mel()))


def _pairs(fine: Array) -> Array:
    """Return the greater of each pair of fine frames."""
    frames = len(fine) // 2
    return fine[: 2 * frames].reshape(frames, 2, -1).max(axis=1)


def _spectrum(samples: Array, window: int, hop: int, fold: Array) -> Array:
    """Return magnitudes of the short-time spectrum, folded by (bins, bands):
    shape (frames, bands).
    """
    import scipy.fft

    padded = np.pad(samples, window // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    bell = np.hanning(window + 1)[:-1].astype(np.float32)
    folded = np.empty((len(frames), fold.shape[1]), np.float32)
    for start in range(0, len(frames), _AT_ONCE):
        spectrum = scipy.fft.rfft(frames[start : start + _AT_ONCE] * bell, axis=1)
        folded[start : start + _AT_ONCE] = np.abs(spectrum) @ fold
    return folded


@cache
def _mel() -> Array:
    """Return triangles on O'Shaughnessy's mel scale, 2595 log10(1 + f / 700):
    shape (bins, bands).
    """
    low, high = (2595 * math.log10(1 + hertz / 700) for hertz in _MEL_HERTZ)
    mel = np.linspace(low, high, _MEL_BANDS + 2)
    edges = 700 * (np.power(10.0, mel / 2595) - 1)
    hertz = np.fft.rfftfreq(_WINDOW, 1 / RATE)[:, np.newaxis]
    rising = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


@cache
def _octave(low: float, high: float) -> Array:
    """Return the pitch class of each bin between two frequencies, as a matrix (bins, 12)."""
    hertz = np.fft.rfftfreq(2 * _WINDOW, 1 / RATE)
    within = np.flatnonzero((hertz > low) & (hertz < high))
    fold = np.zeros((len(hertz), 12), np.float32)
    fold[within, np.round(12 * np.log2(hertz[within] / 440)).astype(int) % 12] = 1
    return fold


def _rise(fine: Array) -> Array:
    """Return the rise of each band over the maximum of its neighbours two fine frames before.

    This is SuperFlux: a vibrato moves to the neighbouring band and is not an onset (Böck and
    Widmer, DAFx 2013).
    """
    loudest = fine.copy()
    loudest[:, 1:-1] = np.maximum(np.maximum(fine[:, :-2], fine[:, 1:-1]), fine[:, 2:])
    rise = np.zeros_like(fine)
    rise[2:] = np.maximum(0, fine[2:] - loudest[:-2])
    return rise


def _joined(bands: Array) -> Array:
    """Return the means of neighbouring mel bands: shape (fine frames, 12)."""
    first, after = _JOINED[:-1], _JOINED[1:]
    return np.stack([bands[:, a:b].mean(axis=1) for a, b in zip(first, after, strict=True)], 1)


def _evened(onsets: Array) -> Array:
    """Return onsets relative to their usual strength nearby, so that equalisation has no effect."""
    usual = _averaged(onsets * onsets, _ONSET_SECONDS)
    usual = np.sqrt(np.maximum(0, usual))
    return np.log1p(onsets / (usual + 0.02 * onsets.max(axis=0, initial=0) + 1e-4))


def _averaged(rows: Array, seconds: float) -> Array:
    """Return the mean of ``seconds`` around each row; the import is here because scipy takes half a
    second.
    """
    from scipy.ndimage import uniform_filter1d

    return np.asarray(uniform_filter1d(rows, int(seconds * FPS), axis=0))


def _harmonic_change(samples: Array, frames: int) -> list[NDArray[np.float64]]:
    """Return the change of harmony and of the bass, one (frames,) for each span."""
    folds = np.concatenate([_octave(*_HARMONY[0]), _octave(*_BASS[0])], axis=1)
    slow = np.sqrt(_spectrum(samples, 2 * _WINDOW, 4 * HOP, folds))
    columns: list[NDArray[np.float64]] = []
    for pitches, spans in ((slow[:, :12], _HARMONY[1]), (slow[:, 12:], _BASS[1])):
        chroma = pitches / (np.linalg.norm(pitches, axis=1, keepdims=True) + 1e-2)
        for span in spans:
            change = _change(chroma, int(span * FPS / 2))
            at = 2 * np.arange(len(change))
            columns.append(3 * np.interp(np.arange(frames), at, change))
    return columns


def _change(rows: Array, width: int) -> NDArray[np.float64]:
    """Return the cosine distance between the means of ``width`` rows before and after each row."""
    total = np.cumsum(np.vstack([np.zeros((1, rows.shape[1])), rows]), axis=0, dtype=np.float64)
    row = np.arange(len(rows))
    past = total[row] - total[np.maximum(row - width, 0)]
    future = total[np.minimum(row + width, len(rows))] - total[row]
    lengths = np.linalg.norm(past, axis=1) * np.linalg.norm(future, axis=1)
    change = 1 - (past * future).sum(axis=1) / (lengths + 1e-6)
    change[:2] = change[-2:] = 0
    return change
