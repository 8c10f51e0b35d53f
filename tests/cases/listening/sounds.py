"""Sounds that are no bachata: a waltz, somebody talking, noise."""

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from adapters.demo.music.mix import Desk, Seat
from adapters.demo.music.percussion import stroke
from adapters.demo.music.strings import BASS, SEGUNDA, pluck
from adapters.listening.features import RATE

Samples = NDArray[np.float32]

MIDDLE = Seat(0.5, 0.0, 0.15)
CHORDS = ((45, 57, 60, 64), (41, 57, 60, 65), (43, 55, 59, 62), (40, 56, 59, 64))
"""A minor, F, G and E: the bass and three voices above it."""


def waltz(tempo: float, bars: int) -> Samples:
    """A bass on one, guitars and a drum on two and three."""
    desk = Desk(bars * 3 * 60 / tempo + 1, RATE)
    for bar in range(bars):
        bass, *voices = CHORDS[bar % len(CHORDS)]
        one = bar * 3 * 60 / tempo
        desk.place(pluck(BASS, bass - 12, 1.2, RATE), one, 1.0, MIDDLE)
        desk.place(stroke("hembra", bar % 3, RATE), one, 0.8, MIDDLE)
        for beat in (1, 2):
            time = one + beat * 60 / tempo
            desk.place(stroke("macho", beat, RATE), time, 0.5, MIDDLE)
            for voice in voices:
                desk.place(pluck(SEGUNDA, voice, 0.4, RATE), time, 0.4, MIDDLE)
    return mono(desk.mixed().mean(axis=1))


def talk(seconds: float, seed: int) -> Samples:
    """Syllables of noise through two formants, in phrases of uneven length."""
    rng = np.random.default_rng(seed)
    wave = np.zeros(int((seconds + 2) * RATE))
    at = 0.3
    while at < seconds:
        for _ in range(rng.integers(2, 12)):
            length = int(rng.uniform(0.06, 0.3) * RATE)
            voice = np.zeros(length)
            breath = rng.standard_normal(length)
            for low, high in ((250, 900), (900, 2600)):
                formant = rng.uniform(low, high)
                sos = signal.butter(
                    2, (0.85 * formant, 1.15 * formant), "bandpass", fs=RATE, output="sos"
                )
                voice += np.asarray(signal.sosfilt(sos, breath))
            start = int(at * RATE)
            spoken = rng.uniform(0.4, 1) * voice * np.hanning(length)
            wave[start : start + length] += spoken[: len(wave) - start]
            at += length / RATE * rng.uniform(0.8, 1.5)
        at += rng.exponential(0.4) + 0.1
    return mono(wave[: int(seconds * RATE)])


def hiss(seconds: float, seed: int) -> Samples:
    """White noise."""
    return mono(np.random.default_rng(seed).standard_normal(int(seconds * RATE)))


def mono(wave: NDArray[np.floating]) -> Samples:
    """The wave with its largest sample at one half."""
    return (0.5 * wave / np.abs(wave).max()).astype(np.float32)
