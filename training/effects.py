"""Effects between the players and the listener: room, speech, equaliser, noise."""

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from adapters.listening.features import RATE

Wave = NDArray[np.float32]

_EQUALISER_HERTZ: Final = (0, 80, 250, 800, 2500, 7000, RATE / 2)


def through(wave: Wave, rng: np.random.Generator) -> Wave:
    """The wave (n,) as one might hear it; nothing is moved in time."""
    heard = wave.astype(np.float64) / (np.abs(wave).max() + 1e-6)
    if rng.random() < 0.25:
        heard += _bursts(len(heard), rng)
    if rng.random() < 0.1:
        rise = int(rng.uniform(1, 8) * RATE)
        heard[:rise] *= np.linspace(0, 1, rise)
    if rng.random() < 0.5:
        heard = _in_a_room(heard, rng)
    if rng.random() < 0.7:
        gains = 10 ** (rng.uniform(-9, 9, len(_EQUALISER_HERTZ)) / 20)
        taps = signal.firwin2(257, _EQUALISER_HERTZ, gains, fs=RATE)
        heard = np.asarray(signal.oaconvolve(heard, taps, "same"))
    heard /= np.abs(heard).max() + 1e-6
    if rng.random() < 0.6:
        drive = rng.uniform(1, 6)
        heard = np.tanh(drive * heard) / np.tanh(drive)
    if rng.random() < 0.25:
        heard = _filtered(heard, 4, rng.uniform(3000, 9000), "lowpass")
    if rng.random() < 0.2:
        heard = _filtered(heard, 2, rng.uniform(60, 200), "highpass")
    if rng.random() < 0.4:
        heard = heard + rng.standard_normal(len(heard)) * 10 ** (rng.uniform(-60, -25) / 20)
    return (heard * 10 ** (rng.uniform(-15, 0) / 20)).astype(np.float32)


def burst(samples: int, hertz: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """A burst of noise about a frequency, peak about one: a syllable, a clap, a scrape."""
    band = signal.butter(
        2, (0.7 * hertz, min(1.4 * hertz, 0.49 * RATE)), "band", fs=RATE, output="sos"
    )
    noise = np.asarray(signal.sosfilt(band, rng.standard_normal(samples)))
    return noise * np.hanning(samples) ** rng.uniform(0.3, 1)


def _bursts(samples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Talk and clapping that keep no time."""
    noise = np.zeros(samples)
    for _ in range(int(rng.integers(3, 50))):
        length = int(rng.uniform(0.04, 0.35) * RATE)
        start = int(rng.integers(0, samples - length))
        one = burst(length, rng.uniform(200, 3500), rng)
        noise[start : start + length] += rng.uniform(0.05, 0.6) * one
    return noise


def _in_a_room(wave: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """With a tail of decaying noise (Moorer, Computer Music Journal 3(2), 1979)."""
    length = int(rng.uniform(0.15, 1.2) * RATE)
    tail = rng.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length)
    loudness = float(np.sqrt((tail**2).sum()))
    wet: NDArray[np.float64] = np.asarray(signal.oaconvolve(wave, tail / loudness))[: len(wave)]
    return wave + rng.uniform(0.05, 0.5) * wet


def _filtered(
    wave: NDArray[np.float64], order: int, hertz: float, kind: Literal["lowpass", "highpass"]
) -> NDArray[np.float64]:
    sections = signal.butter(order, hertz, kind, fs=RATE, output="sos")
    return np.asarray(signal.sosfilt(sections, wave))
