"""Spectral features of audio, over time and in total: levels, harmony, timbre, loudness."""

from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Times = NDArray[np.float64]

RATE: Final = 22_050
HOP: Final = 1_024
"""Samples between two moments: 46 ms."""
_WINDOW: Final = 4_096
_AT_ONCE: Final = 512
_BANDS: Final = 40
_HERTZ: Final = (40.0, 10_000.0)
_PITCHED: Final = (80.0, 2_500.0)
"""Range in Hertz whose pitches are folded into an octave."""
_TONES: Final = 12
EMBEDDED: Final = 128
"""Length of the embedding of a song or a clip's sound."""
_STEPS: Final = EMBEDDED - 2 * _BANDS - 2 * _TONES
"""Number of values for the course of loudness within a beat and a bar."""
_QUIETEST: Final = 1e-5


class SpectralFeatures:
    """A sound over time: (n,) loudness in dB, (n, 40) band levels in dB, (n, 12) harmony."""

    def __init__(self, samples: Array) -> None:
        """Analyse mono ``samples`` (m,) at 22,050 Hz."""
        import scipy.fft

        padded = np.pad(samples.astype(np.float32, copy=False), (_WINDOW // 2, _WINDOW // 2))
        windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP]
        shape = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
        levels: list[Array] = []
        tones: list[Array] = []
        loud: list[Array] = []
        for start in range(0, len(windows), _AT_ONCE):
            part = windows[start : start + _AT_ONCE] * shape
            power = np.square(np.abs(np.asarray(scipy.fft.rfft(part, axis=1))))
            levels.append(power @ _bands())
            tones.append(np.sqrt(power) @ _octave())
            loud.append(np.sqrt(np.mean(np.square(part), axis=1)))
        self.levels: Array = 10 * np.log10(np.concatenate(levels) + _QUIETEST)
        harmony = np.concatenate(tones)
        self.harmony: Array = harmony / (np.linalg.norm(harmony, axis=1, keepdims=True) + 1e-6)
        self.loudness: Array = 20 * np.log10(np.concatenate(loud) + _QUIETEST)

    def between(self, edges: Times) -> tuple[Array, Array, Array]:
        """Return means of loudness, levels and harmony between successive edges in seconds."""
        at = np.clip(np.round(edges * RATE / HOP).astype(int), 0, len(self.loudness))
        spans = [(a, min(max(b, a + 1), len(self.loudness))) for a, b in pairwise(map(int, at))]
        spans = [(min(a, b - 1), b) for a, b in spans]
        return (
            np.array([self.loudness[a:b].mean() for a, b in spans], np.float32),
            np.stack([self.levels[a:b].mean(axis=0) for a, b in spans]),
            np.stack([self.harmony[a:b].mean(axis=0) for a, b in spans]),
        )

    def embedding(self, beats: Times) -> Array:
        """Return the embedding of the whole sound: 128 numbers of norm 1.

        It contains mean and spread of each band's level relative to the loudness, mean and spread
        of each tone, and the course of loudness from beat to beat; similar sounds have similar
        embeddings.
        """
        beside = self.levels - self.levels.mean(axis=1, keepdims=True)
        parts = [
            beside.mean(axis=0),
            self.levels.std(axis=0),
            self.harmony.mean(axis=0),
            self.harmony.std(axis=0),
            self._pulse(beats),
        ]
        whole = np.concatenate([_unit(part) for part in parts])
        return _unit(whole)

    def _pulse(self, beats: Times) -> Array:
        """Return the mean loudness, minus its mean, at equal steps through four beats."""
        if len(beats) < 5:
            return np.zeros(_STEPS, np.float32)
        steps = np.arange(0, len(beats) - 1, 4 / _STEPS)
        moments = np.interp(steps, np.arange(len(beats)), beats) * RATE / HOP
        curve = np.interp(moments, np.arange(len(self.loudness)), self.loudness)
        whole = curve[: len(curve) // _STEPS * _STEPS].reshape(-1, _STEPS).mean(axis=0)
        return (whole - whole.mean()).astype(np.float32)


def peaks(samples: Array, count: int) -> Array:
    """Return the largest sample, 0 to 1, in each of ``count`` equal intervals, for drawing a
    waveform.
    """
    edges = np.linspace(0, len(samples), count + 1).astype(int)
    tops = [np.abs(samples[a : max(b, a + 1)]).max(initial=0) for a, b in pairwise(map(int, edges))]
    return np.clip(np.array(tops, np.float32), 0, 1)


def _unit(values: Array) -> Array:
    return (values / np.float32(np.linalg.norm(values) + 1e-9)).astype(np.float32)


@cache
def _bands() -> Array:
    """Return triangles of equal height, evenly spaced on the mel scale (O'Shaughnessy)."""
    hertz = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    mels = 2595 * np.log10(1 + np.array(_HERTZ) / 700)
    low, high = map(float, mels)
    edges = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2595) - 1)
    rise = (hertz[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - hertz[:, None]) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rise, fall)).astype(np.float32)


@cache
def _octave() -> Array:
    """Return the pitch class of each frequency, counted from A."""
    hertz = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    inside = (hertz > _PITCHED[0]) & (hertz < _PITCHED[1])
    tone = np.zeros(len(hertz), int)
    tone[inside] = np.round(12 * np.log2(hertz[inside] / 440)).astype(int) % 12
    folded = np.zeros((len(hertz), _TONES), np.float32)
    folded[inside, tone[inside]] = 1
    return folded
