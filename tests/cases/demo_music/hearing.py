"""Measures of a wave of shape (samples, 2): onsets, levels and peaks."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from adapters.demo.music.render import render
from adapters.demo.music.score import DemoSong

RATE = 48000
FLUX_HOP = 240
FLUX_WINDOW = 512


@cache
def rendered(song: DemoSong) -> NDArray[np.float32]:
    """The song, rendered once for all tests."""
    return render(song, RATE)


def decibels(wave: NDArray[np.float32]) -> float:
    """The level of the wave against full scale, by its mean power."""
    return 10 * float(np.log10(np.mean(wave.astype(np.float64) ** 2)))


def between(wave: NDArray[np.float32], start: float, end: float) -> NDArray[np.float32]:
    """The wave between two times in seconds."""
    return wave[round(start * RATE) : round(end * RATE)]


def true_peak(wave: NDArray[np.float32]) -> float:
    """The largest value between samples in decibels, by fourfold oversampling (BS.1770-4)."""
    return 20 * float(np.log10(np.abs(signal.resample_poly(wave, 4, 1, axis=0)).max()))


def flux(wave: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the rise of the spectrum in each 5 ms, frame k centred on k * 5 ms."""
    padded = np.pad(wave.mean(axis=1), FLUX_WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FLUX_WINDOW)[::FLUX_HOP]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(FLUX_WINDOW), axis=1))
    rises = np.diff(np.log1p(10 * spectrum), axis=0, prepend=0)
    return np.maximum(rises, 0).sum(axis=1)


def flux_at(rising: NDArray[np.float64], times: NDArray[np.float64]) -> float:
    """The mean over `times` of the largest flux within 10 ms of each."""
    frames = np.rint(times * RATE / FLUX_HOP).astype(int)
    windows = [rising[max(0, frame - 2) : frame + 3].max() for frame in frames]
    return float(np.mean(windows))


def bass(wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the sound below 150 Hz, both channels as one."""
    low = signal.butter(4, 150, "lowpass", fs=RATE, output="sos")
    return np.asarray(signal.sosfilt(low, wave.mean(axis=1)), dtype=np.float32)


def level_at(wave: NDArray[np.float32], times: tuple[float, ...]) -> float:
    """The mean level in decibels over the quarter second from each time."""
    return float(np.mean([decibels(between(wave, time, time + 0.25)) for time in times]))


def hiss(wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the sound above 12 kHz, where a ringing string is silent and a cut one is not."""
    high = signal.butter(6, 12_000, "highpass", fs=RATE, output="sos")
    return np.asarray(signal.sosfilt(high, wave, axis=0), dtype=np.float32)
