"""Sounds that tests make and measure."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adapters.sound.wav import RATE

Sound = NDArray[np.float64]


def tone(seconds: float, level: float = 0.1, frequency: float = 440.0) -> Sound:
    """A sine."""
    times = np.arange(round(seconds * RATE)) / RATE
    return level * np.sin(2 * np.pi * frequency * times)


def babble(seconds: float, level: float = 0.1, seed: int = 1) -> Sound:
    """Noise that swells four times a second, as speech does."""
    times = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(seed).normal(0, 1, len(times))
    return level * noise * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * times))


def save(file: Path, *channels: Sound, rate: int = RATE) -> Path:
    """Write a WAV file of 16 bits with a channel for each sound."""
    frames = np.stack(channels, axis=1)
    with wave.open(str(file), "wb") as opened:
        opened.setnchannels(len(channels))
        opened.setsampwidth(2)
        opened.setframerate(rate)
        opened.writeframes((np.clip(frames, -1, 1) * 32_767).astype("<i2").tobytes())
    return file


def load(file: Path) -> tuple[Sound, tuple[int, int, int]]:
    """Return samples of shape (samples, channels); and channels, bytes of a sample, and rate."""
    with wave.open(str(file), "rb") as opened:
        form = (opened.getnchannels(), opened.getsampwidth(), opened.getframerate())
        data = opened.readframes(opened.getnframes())
    return np.frombuffer(data, "<i2").reshape(-1, form[0]) / 32_768, form


def level_of(sound: Sound) -> float:
    """Return the root of the mean square in decibels."""
    return float(20 * np.log10(max(np.sqrt(np.mean(np.square(sound))), 1e-9)))


def silence_around(sound: Sound, threshold: float = 0.01) -> tuple[float, float]:
    """Return the seconds before and after which a mono sound stays below part of its peak."""
    (loud,) = np.nonzero(np.abs(sound) > threshold * np.abs(sound).max())
    return float(loud[0]) / RATE, float(len(sound) - 1 - loud[-1]) / RATE
