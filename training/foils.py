"""Sounds without a beat: noise, drones, rain, speech without words."""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from adapters.listening.features import RATE
from training.effects import burst

Sound = NDArray[np.float64]

_VOWELS: Final = (
    (730, 1090, 2440),
    (530, 1840, 2480),
    (390, 1990, 2550),
    (570, 840, 2410),
    (440, 1020, 2240),
    (300, 870, 2240),
    (270, 2290, 3010),
)
"""First three formants in hertz (Peterson and Barney, JASA 24(2), 1952)."""

_WIDTHS: Final = (80, 100, 140)


def noise(samples: int, rng: np.random.Generator) -> Sound:
    """Noise whose power falls by 0 to 6 dB an octave, perhaps swelling slowly."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    spectrum /= np.maximum(np.arange(len(spectrum)), 1) ** rng.uniform(0, 1)
    wave = np.fft.irfft(spectrum, samples)
    time = np.arange(samples) / RATE
    swell = 1 + rng.uniform(0, 0.9) * np.sin(2 * np.pi * rng.uniform(0.02, 0.3) * time)
    return wave / np.abs(wave).max() * swell


def rain(samples: int, rng: np.random.Generator) -> Sound:
    """Drops that fall when they like: clicks and bursts, few or many a second."""
    wave = 0.02 * rng.uniform(0, 1) * rng.standard_normal(samples)
    for _ in range(int(rng.uniform(0.5, 12) * samples / RATE)):
        length = int(rng.uniform(0.01, 0.3) * RATE)
        start = int(rng.integers(0, max(1, samples - length)))
        one = burst(length, math.exp(rng.uniform(math.log(100), math.log(6000))), rng)
        wave[start : start + length] += (rng.uniform(0.1, 1) * one)[: samples - start]
    return wave


def drone(samples: int, rng: np.random.Generator) -> Sound:
    """Held tones that come and go over many seconds."""
    time = np.arange(samples) / RATE
    wave = np.zeros(samples)
    for _ in range(int(rng.integers(2, 7))):
        pitch = 440 * 2 ** (rng.integers(-36, 18) / 12)
        swell = np.clip(np.sin(2 * np.pi * (time / rng.uniform(6, 30) + rng.random())), 0.05, 1)
        partials = np.arange(1, 6)
        tones = np.sin(2 * np.pi * pitch * time[:, np.newaxis] * partials) / partials**2
        wave += swell * tones.sum(axis=1)
    return wave


def speech(samples: int, rng: np.random.Generator) -> Sound:
    """Somebody who says nothing: vowels and consonants in phrases, with pauses."""
    wave = np.zeros(samples)
    voice, pace = math.exp(rng.uniform(math.log(85), math.log(260))), rng.uniform(0.7, 1.3)
    at = int(rng.uniform(0, 1) * RATE)
    while at < samples:
        syllables = int(rng.integers(3, 14))
        for index in range(syllables):
            pitch = voice * (1.15 - 0.3 * index / syllables) * rng.uniform(0.93, 1.07)
            spoken = _syllable(pitch, pace, rng)[: max(0, samples - at)]
            wave[at : at + len(spoken)] += spoken
            at += int(len(spoken) * rng.uniform(0.8, 1.05)) + 1
        at += int(rng.choice([rng.uniform(0.15, 0.5), rng.uniform(0.5, 1.6)]) * RATE)
    return wave


def crowd(samples: int, rng: np.random.Generator) -> Sound:
    """Several people talking at once."""
    return np.sum([speech(samples, rng) for _ in range(int(rng.integers(2, 6)))], axis=0)


FOILS: Final[dict[str, Callable[[int, np.random.Generator], Sound]]] = {
    "noise": noise,
    "rain": rain,
    "drone": drone,
    "speech": speech,
    "crowd": crowd,
}


def _syllable(pitch: float, pace: float, rng: np.random.Generator) -> Sound:
    """A consonant, mostly, and a vowel that glides to another one."""
    before = int(rng.uniform(0.03, 0.11) * pace * RATE) if rng.random() < 0.75 else 0
    voiced = int(min(max(rng.lognormal(math.log(0.13), 0.4), 0.06), 0.4) * pace * RATE)
    consonant = 0.3 * burst(before, rng.uniform(1200, 6500), rng) if before else np.zeros(0)
    turns = np.cumsum(pitch * (1 + 0.01 * rng.standard_normal(voiced)) / RATE)
    # A glottis closes once a turn: a sawtooth, smoothed, is near enough.
    source = np.asarray(signal.lfilter([1], [1, -0.9], 2 * (turns % 1) - 1))
    first, second = (_vowel(source, rng) for _ in range(2))
    glide = np.linspace(0, 1, voiced)
    vowel: Sound = (first * (1 - glide) + second * glide) * np.hanning(voiced) ** 0.4
    loud = rng.uniform(0.5, 1) / (np.abs(vowel).max() + 1e-9)
    return np.concatenate([consonant, loud * vowel])


def _vowel(source: Sound, rng: np.random.Generator) -> Sound:
    formants = _VOWELS[rng.integers(len(_VOWELS))]
    heard = np.zeros_like(source)
    for hertz, width, gain in zip(formants, _WIDTHS, (1, 0.5, 0.25), strict=True):
        numerator, denominator = signal.iirpeak(hertz, hertz / width, fs=RATE)
        heard += gain * np.asarray(signal.lfilter(numerator, denominator, source))
    return heard
