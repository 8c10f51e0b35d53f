"""Analyse a song completely."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from adapters.listening.eight_counts import ones, scaled, sections
from adapters.listening.features import RATE
from adapters.listening.network import SHORT, SONGS, load
from adapters.listening.spectral_features import SpectralFeatures, peaks
from adapters.listening.tracker import track
from domain.library.songs import Analysis

Samples = NDArray[np.float32]

NAME: Final = "network 5"
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
    spectrum = SpectralFeatures(samples)
    song_beats = track(samples, spectrum)
    beats = song_beats.beats[(song_beats.beats >= 0) & (song_beats.beats < duration)]
    downbeats = song_beats.downbeats[np.isin(song_beats.downbeats, beats)]
    starts = ones(spectrum, beats, downbeats) if len(beats) else downbeats
    energy = np.zeros(0, np.float32)
    if len(beats):
        energy = scaled(spectrum, spectrum.between(np.append(beats, duration))[0])
    return Analysis(
        tempo=round(song_beats.tempo, 2) if song_beats.tempo and len(beats) else 0,
        beats=_rounded(beats),
        downbeats=_rounded(downbeats),
        ones=_rounded(starts),
        sections=sections(spectrum, beats, starts, duration),
        duration=duration,
        analyzed_by=NAME,
        confidence=round(song_beats.confidence, 3),
        beat_energy=tuple(round(float(each), 3) for each in energy),
        embedding=tuple(round(float(each), 6) for each in spectrum.embedding(beats)),
        peaks=tuple(round(float(each), 3) for each in peaks(samples, _PEAKS)),
    )


def _rounded(times: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(time), _TICK) for time in times)
