"""The bongó, the güira and the campana, each stroke synthesised from modes and noise."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

ATTACK_SECONDS = 0.0004

MEMBRANE = (1.0, 1.594, 2.136, 2.296, 2.653, 2.918)
"""Frequencies of the first modes of an ideal round membrane relative to the lowest (zeros of the
Bessel functions).
"""

CAMPANA = (1.0, 1.503, 2.41, 3.07, 4.16, 5.63)
"""Partials of a welded steel bell: their ratios are not whole numbers, so it has no clear pitch."""

Stroke = Callable[[np.random.Generator, int], NDArray[np.float64]]


@lru_cache(maxsize=64)
def stroke(name: str, take: int, rate: int) -> NDArray[np.float32]:
    """Return one stroke, peak 1.0, shape (samples,), read-only; the `take`s of a name differ
    slightly.
    """
    wave = STROKES[name](np.random.default_rng((take, len(name))), rate)
    rise = round(ATTACK_SECONDS * rate)
    wave[:rise] *= np.linspace(0.0, 1.0, rise)
    fall = len(wave) // 5
    wave[-fall:] *= np.cos(np.linspace(0.0, np.pi / 2, fall)) ** 2
    sound = (wave / np.abs(wave).max()).astype(np.float32)
    sound.setflags(write=False)
    return sound


def _drum(pitch: float, seconds: float, slap: float, spread: float) -> Stroke:
    def play(rng: np.random.Generator, rate: int) -> NDArray[np.float64]:
        time = np.arange(round(seconds * rate)) / rate
        # A struck skin is tighter for its first hundredth of a second, so the pitch falls.
        bend = time + 0.0009 * (1 - np.exp(-time / 0.012))
        wave = np.zeros_like(time)
        for index, ratio in enumerate(MEMBRANE):
            level = spread**index * rng.uniform(0.85, 1.15)
            decay = np.exp(-time * (1 + 0.55 * index) * 6.9 / seconds)
            wave += level * decay * np.sin(2 * np.pi * pitch * ratio * bend)
        noise = _band(rng.standard_normal(len(time)), 900.0, 6000.0, rate)
        return wave + slap * noise * np.exp(-time / 0.006)

    return play


def _scrape(seconds: float, strength: float) -> Stroke:
    def play(rng: np.random.Generator, rate: int) -> NDArray[np.float64]:
        time = np.arange(round(seconds * rate)) / rate
        noise = _band(rng.standard_normal(len(time)), 3800.0, 12_500.0, rate)
        # The scraper passes about two hundred bumps of the tin per second.
        bumps = 0.6 + 0.4 * np.cos(2 * np.pi * rng.uniform(185.0, 215.0) * time)
        body = np.exp(-time * strength / seconds)
        return noise * bumps * body

    return play


def _bell(pitch: float, seconds: float) -> Stroke:
    def play(rng: np.random.Generator, rate: int) -> NDArray[np.float64]:
        time = np.arange(round(seconds * rate)) / rate
        wave = np.zeros_like(time)
        for index, ratio in enumerate(CAMPANA):
            level = 0.72**index * rng.uniform(0.9, 1.1)
            decay = np.exp(-time * (1 + 0.4 * index) * 6.0 / seconds)
            wave += level * decay * np.sin(2 * np.pi * pitch * ratio * time)
        wood = _band(rng.standard_normal(len(time)), 1500.0, 8000.0, rate)
        return wave + 0.4 * wood * np.exp(-time / 0.003)

    return play


def _band(noise: NDArray[np.float64], low: float, high: float, rate: int) -> NDArray[np.float64]:
    """Return the noise between two frequencies, peak 1.0."""
    taps = signal.butter(2, (low, min(high, rate * 0.45)), "bandpass", fs=rate, output="sos")
    banded = np.asarray(signal.sosfilt(taps, noise), dtype=np.float64)
    return banded / np.abs(banded).max()


STROKES: dict[str, Stroke] = {
    "macho": _drum(430.0, 0.16, 0.5, 0.55),
    "finger": _drum(445.0, 0.07, 0.7, 0.6),
    "hembra": _drum(235.0, 0.30, 0.4, 0.5),
    "long": _scrape(0.15, 3.2),
    "short": _scrape(0.055, 4.0),
    "mouth": _bell(560.0, 0.34),
    "neck": _bell(845.0, 0.14),
}
