"""Bachatas of the demo's band that it never played: with drift, swing and noise, to judge by."""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from adapters.demo.music.band import Band
from adapters.demo.music.loudness import mastered
from adapters.demo.music.mix import Desk, Seat, faded
from adapters.demo.music.patterns import GROOVES, with_fill
from adapters.demo.music.score import BEATS_PER_BAR, BEATS_PER_EIGHT
from adapters.demo.music.songs import SONGS
from adapters.listening.features import RATE

_RING: Final = 1.0
_LUFS: Final = -14.0
_FORM: Final = ("intro", "verse", "chorus", "mambo", "verse", "chorus", "mambo", "outro")
_LEVELS: Final = {"intro": 0.7, "verse": 0.75, "chorus": 0.9, "mambo": 1.0, "outro": 0.75}


class Conditions(NamedTuple):
    """The performance and recording of a bachata."""

    tempo: float = 126.0
    """BPM at the start."""
    drift: float = 0.0
    """Range of the tempo around that, as a share: 0.03 is three per cent either way."""
    swing: float = 0.0
    """Delay of the off-beats, in beats: 1/6 is a full shuffle."""
    noise: float = 90.0
    """Decibels the music is above the hiss."""
    silence: float = 0.0
    """Seconds before the first beat."""
    tilt: float = 0.0
    """Decibels an octave the recording rises (or, below zero, falls)."""


class Played(NamedTuple):
    """A song as sound, and its beats."""

    samples: NDArray[np.float32]
    """(n,) mono at 22,050 Hz."""
    beats: NDArray[np.float64]
    """(n,) seconds."""
    downbeats: NDArray[np.float64]
    """(m,) seconds."""


class _LooseDesk(Desk):
    """A desk for players that keep no strict time: what is placed is moved on the clock."""

    def __init__(self, clock: NDArray[np.float64], swing: float, tempo: float) -> None:
        super().__init__(float(clock[-1]) + _RING, RATE)
        self._clock, self._swing, self._strict = clock, swing, tempo / 60

    def place(self, sound: NDArray[np.float32], second: float, gain: float, seat: Seat) -> None:
        """Add a sound at the time that the clock has for a time by the metronome."""
        beat, share = divmod(second * self._strict, 1)
        # The half moves to a half and the swing; either side of it is stretched evenly.
        half = 0.5 + self._swing
        share = share * half / 0.5 if share < 0.5 else half + (share - 0.5) * (1 - half) / 0.5
        time = float(np.interp(beat + share, np.arange(len(self._clock)), self._clock))
        super().place(sound, time, gain, seat)


def conditions(rng: np.random.Generator) -> Conditions:
    """Random distributions of the properties of songs."""
    return Conditions(
        tempo=math.exp(rng.uniform(math.log(105), math.log(160))),
        drift=float(rng.uniform(0, 0.03)),
        swing=float(rng.choice([0, rng.uniform(0.02, 0.12)])),
        noise=float(rng.uniform(10, 40)),
        silence=float(rng.choice([0, rng.uniform(0.2, 3)])),
        tilt=float(rng.uniform(-2, 2)),
    )


def bachata(rng: np.random.Generator, under: Conditions, eight_counts: int = 16) -> Played:
    """A song of so many eight-counts from parts of the demo's songs, in a key drawn by dice."""
    song, transpose = SONGS[rng.integers(len(SONGS))], int(rng.integers(-4, 5))
    clock = under.silence + _clock(rng, under, eight_counts * BEATS_PER_EIGHT)
    desk = _LooseDesk(clock, under.swing, under.tempo)
    band = Band(desk, under.tempo, rng)
    lengths = _section_lengths(eight_counts)
    first = 0
    for name, length in zip(_FORM, lengths, strict=True):
        if length:
            bars = GROOVES[name] * length
            grooves = (*bars[:-1], with_fill(bars[-1]))
            band.play(song.part(name), first, grooves, _LEVELS[name], transpose)
            first += length * BEATS_PER_EIGHT
    wave = faded(mastered(desk.mixed(), _LUFS, RATE), rise=0.0005, fall=_RING / 2, rate=RATE)
    recorded = _recorded(wave.mean(axis=1), rng, under)
    return Played(recorded, clock[:-1], clock[:-1:BEATS_PER_BAR])


def _section_lengths(eight_counts: int) -> list[int]:
    """Eight-counts of every section of the form; the first and the last one are half as long."""
    share = np.array([0.5, 1, 1, 1, 1, 1, 1, 0.5]) / 7
    ends = np.round(np.cumsum(share) * eight_counts).astype(int)
    return [int(length) for length in np.diff(ends, prepend=0)]


def _clock(rng: np.random.Generator, under: Conditions, beats: int) -> NDArray[np.float64]:
    """The times of all beats and of the one after the last: shape (beats + 1,)."""
    turns = np.arange(beats) / rng.uniform(24, 80) + rng.random()
    lengths = 1 + under.drift * np.sin(2 * np.pi * turns)
    return np.concatenate([[0], np.cumsum(lengths * 60 / under.tempo)])


def _recorded(
    wave: NDArray[np.float32], rng: np.random.Generator, under: Conditions
) -> NDArray[np.float32]:
    hertz = np.array([0, 40, 80, 160, 320, 640, 1280, 2560, 5120, RATE / 2])
    octaves = np.log2(np.maximum(hertz, 40) / 640)
    taps = signal.firwin2(513, hertz, 10 ** (under.tilt * octaves / 20), fs=RATE)
    heard = np.asarray(signal.oaconvolve(wave, taps, "same"))
    hiss = np.sqrt(np.mean(heard**2)) * 10 ** (-under.noise / 20)
    return (heard + hiss * rng.standard_normal(len(heard))).astype(np.float32)
