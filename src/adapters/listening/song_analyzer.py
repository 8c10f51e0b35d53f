"""Analyse a song completely."""

from itertools import pairwise
from typing import Final

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from adapters.listening.eight_counts import ones, scaled, sections
from adapters.listening.features import RATE
from adapters.listening.music_range import music_of
from adapters.listening.network import SHORT, SONGS, load
from adapters.listening.spectral_features import SpectralFeatures, peaks
from adapters.listening.tracker import SongBeats, track_music
from domain.library.readings import Chances, likely_readings
from domain.library.songs import Analysis, Reading, Section

Samples = NDArray[np.float32]

NAME: Final = "network 6"
"""Name in every analysis; an analyzer with other results has another name."""
_PEAKS: Final = 1_000
_PRACTICE: Final = 3
"""Seconds of noise for the warm-up analysis."""
_TICK: Final = 6
"""Decimals of times in seconds."""


def prepare() -> None:
    """Load everything that the analysis needs, so that processes forked afterwards share it."""
    load(SONGS)
    load(SHORT)
    analyze(np.random.default_rng(0).normal(0, 0.1, _PRACTICE * RATE).astype(np.float32))


def analyze(samples: Samples) -> Analysis:
    """Analyse mono ``samples`` (n,) at 22,050 Hz: beats and bars by a network, eight-counts by
    change.

    Times are in seconds from the first sample. Without a beat, the lists of beats are empty.
    """
    duration = len(samples) / RATE
    music = music_of(samples)
    start = music.first / RATE
    spectrum = SpectralFeatures(music.samples)
    song_beats = track_music(music, spectrum)
    beats, downbeats = song_beats.beats, song_beats.downbeats
    eights, one_confidence = ones(spectrum, beats, downbeats, music.body)
    energy = np.zeros(0, np.float32)
    if len(beats):
        energy = scaled(spectrum, spectrum.between(np.append(beats, len(music.samples) / RATE))[0])
    parts = sections(spectrum, beats, eights, len(music.samples) / RATE)
    return Analysis(
        tempo=round(song_beats.tempo, 2) if song_beats.tempo and len(beats) else 0,
        beats=_rounded(beats + start),
        downbeats=_rounded(downbeats + start),
        ones=_rounded(eights + start),
        sections=_shifted(parts, start, duration),
        duration=duration,
        analyzed_by=NAME,
        confidence=round(song_beats.confidence, 3),
        bar_confidence=round(song_beats.turns[0], 3) if len(beats) else 0,
        one_confidence=round(one_confidence, 3) if len(beats) else 0,
        readings=_readings(song_beats, one_confidence),
        beat_energy=tuple(round(float(each), 3) for each in energy),
        embedding=tuple(round(float(each), 6) for each in spectrum.embedding(beats)),
        peaks=tuple(round(float(each), 3) for each in peaks(samples, _PEAKS)),
    )


def _readings(song_beats: SongBeats, one_confidence: float) -> tuple[Reading, ...]:
    if not song_beats.tempo:
        return ()
    chances = Chances(song_beats.confidence, song_beats.turns, one_confidence)
    return likely_readings(song_beats.tempo, chances)


def _rounded(times: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(time), _TICK) for time in times)


def _shifted(parts: tuple[Section, ...], start: float, duration: float) -> tuple[Section, ...]:
    """Return sections of the music as those of the song, which begins and ends around it."""
    edges = [0.0, *(round(part.start + start, _TICK) for part in parts[1:]), duration]
    return tuple(
        structs.replace(part, start=begin, end=end)
        for part, (begin, end) in zip(parts, pairwise(edges), strict=True)
    )
