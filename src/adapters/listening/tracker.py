"""Detect beats, downbeats and tempo of a song in bars of four, with a confidence."""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.listening.barlines import turned
from adapters.listening.bars import Paces, Row, best_row, evidence, paces
from adapters.listening.features import HOP, RATE, features
from adapters.listening.music_range import Music, music_of
from adapters.listening.network import SHORT, SONGS, Weights, load, probabilities
from adapters.listening.spectral_features import SpectralFeatures

Array = NDArray[np.float32]
Times = NDArray[np.float64]

LEAST_CONFIDENCE: Final = 0.28
"""Minimum confidence for returning beats. Chosen on synthetic sounds: see `training/README.md`."""

_SHORTEST: Final = 2.0
"""Minimum seconds of sound for a tempo."""

_LONG: Final = 30.0
"""Seconds from which a sound is analysed as a song: between synthetic sounds of 12 s, for which the
short weights are better, and whole songs of 45 s and more, for which the others are.
"""

_EARLY: Final = {SONGS: 0.0, SHORT: 0.002}
"""Seconds by which the peaks of each network precede the beats, on synthetic songs."""

_AROUND: Final = 1.0
"""Seconds of silence around the music that the network hears, so that its first onset is one."""

_AHEAD: Final = 0.1
"""Seconds by which a beat may precede its sound: a little more than its error."""

_BAR: Final = 4
_WALTZ: Final = 3
_PHRASE: Final = 16
"""Beats whose evidence decides between bars of four and of three."""

_BELL: Final = 4
"""Fine frames on either side of a beat over which its P(beat) spreads."""

_BEFORE: Final = 3
_AFTER: Final = 7
"""Fine frames around a decoded beat, where P(beat) begins to rise, that may contain its peak."""

_FAINT: Final = 0.05
"""P(beat) below which a beat comes only from the count: it has no peak."""


class SongBeats(NamedTuple):
    """The beats of a song, in seconds from its first sample."""

    beats: Times
    """(n,) increasing."""
    downbeats: Times
    """(m,) those beats that are first in their bar of four."""
    confidence: float
    """Agreement of beats and sound, times the probability of bars of four, 0 to 1."""
    tempo: float | None
    """Beats per minute over the middle of the song; None with fewer than two beats."""
    turns: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0)
    """Probabilities that bars begin 0, 1, 2 and 3 beats later, if the beats are right."""


class Count(NamedTuple):
    """A sequence of beats, which may be wrong."""

    beats: Times
    """(n,) seconds, increasing."""
    places: NDArray[np.int64]
    """(n,) place in the bar of four, 0 for the downbeat."""
    downbeat: Array
    """(n,) P(downbeat) of each."""
    confidence: float
    """As in `SongBeats`."""


def track(samples: Array) -> SongBeats:
    """Detect the beats of mono ``samples`` (n,) at 22,050 Hz; see `track_music`."""
    music = music_of(samples)
    song_beats, start = track_music(music), music.first / RATE
    return song_beats._replace(
        beats=song_beats.beats + start, downbeats=song_beats.downbeats + start
    )


def track_music(music: Music, spectrum: SpectralFeatures | None = None) -> SongBeats:
    """Detect the beats of music, in seconds from its beginning; ``spectrum`` avoids analysing it
    again.

    If the confidence is low, the result has no beats: for silence and noise, speech, music without
    a beat or not in bars of four, and less than two seconds of sound.
    """
    samples = music.samples
    if len(samples) < _SHORTEST * RATE:
        return _nothing(0.0)
    weights = SONGS if len(samples) >= _LONG * RATE else SHORT
    around = round(_AROUND * RATE)
    row = count(features(np.pad(samples, around)), load(weights))
    if row.confidence < LEAST_CONFIDENCE:
        return _nothing(row.confidence)
    times = row.beats + _EARLY[weights] - around / RATE
    # Silence around the music helps to find the first beat, but nobody dances to it.
    inside = (times >= -_AHEAD) & (times < len(samples) / RATE)
    # No beat precedes its sound.
    times = np.maximum(times[inside], 0.0)
    own_spectrum = spectrum or SpectralFeatures(samples)
    bars = turned(row.places[inside], row.downbeat[inside], own_spectrum, times, music.body)
    downbeats = times[bars.places == 0]
    return SongBeats(times, downbeats, row.confidence, _tempo(times), tuple(map(float, bars.turns)))


def count(features_of_frames: Array, weights: Weights) -> Count:
    """Return the best sequence of beats for `features` (frames, 34), even if there is no beat."""
    beat, downbeat = probabilities(features_of_frames, weights)
    row = _row(beat, downbeat, _BAR)
    if len(row.frames) == 0:
        return Count(np.zeros(0), row.places, np.zeros(0, np.float32), 0.0)
    peaks = _peaks(row.frames, beat)
    fours = _in_fours(row, _row(beat, downbeat, _WALTZ))
    confidence = _agreement(peaks, beat) * fours
    times = _refined(peaks, beat) * HOP / RATE
    return Count(times, row.places, downbeat[peaks], confidence)


def _nothing(confidence: float) -> SongBeats:
    return SongBeats(np.zeros(0), np.zeros(0), confidence, None)


@cache
def _paces(beats_a_bar: int) -> Paces:
    return paces(RATE / HOP, beats_a_bar)


def _row(beat: Array, downbeat: Array, beats_a_bar: int) -> Row:
    tempo_paces = _paces(beats_a_bar)
    return best_row(evidence(beat, downbeat, tempo_paces.periods, beats_a_bar), tempo_paces)


def _agreement(peaks: NDArray[np.int64], beat: Array) -> float:
    """Return the agreement of a sequence of beats with P(beat), 0 to 1.

    It is the geometric mean of the estimated precision, which is the mean P(beat) at the beats, and
    of the recall: the share of all P(beat) near the beats, minus the share expected by chance.
    Speech has many onsets, but not at regular beats.
    """
    covered = np.zeros(len(beat), np.bool_)
    for late in range(-_BELL, _BELL + 1):
        covered[np.clip(peaks + late, 0, len(beat) - 1)] = True
    chance = float(covered.mean())
    share = float(beat[covered].sum() / max(float(beat.sum()), 1e-9))
    recall = (share - chance) / max(1 - chance, 1e-9)
    return float(np.sqrt(float(beat[peaks].mean()) * max(recall, 0.0)))


def _in_fours(fours: Row, threes: Row) -> float:
    """Return the probability of bars of four versus bars of three, by the evidence of four bars.

    Over a whole song the likelihood ratio would always be extreme, because beats are not
    independent.
    """
    gain = (fours.gain - threes.gain) / len(fours.frames)
    return float(1 / (1 + np.exp(-_PHRASE * gain)))


def _peaks(frames: NDArray[np.int64], beat: Array) -> NDArray[np.int64]:
    """Return the fine frame with the highest P(beat) near each decoded beat, if
    it is high enough.
    """
    near = frames[:, np.newaxis] + np.arange(-_BEFORE, _AFTER)
    near = np.clip(near, 0, len(beat) - 1)
    highest = near[np.arange(len(frames)), beat[near].argmax(axis=1)]
    counted = np.minimum(frames + 1, len(beat) - 1)
    return np.where(beat[highest] >= _FAINT, highest, counted)


def _refined(peaks: NDArray[np.int64], beat: Array) -> Times:
    """Return the peaks with subframe precision: the top of a parabola through each and its
    neighbours.
    """
    left, right = beat[np.maximum(peaks - 1, 0)], beat[np.minimum(peaks + 1, len(beat) - 1)]
    bend = left - 2 * beat[peaks] + right
    inner = (bend < -1e-9) & (peaks > 0) & (peaks < len(beat) - 1)
    shift = 0.5 * (left - right) / np.where(inner, bend, -1.0)
    return peaks.astype(np.float64) + np.where(inner, np.clip(shift, -0.5, 0.5), 0.0)


def _tempo(beats: Times) -> float | None:
    """Return the tempo from the median duration of a bar, which is steadier than that of a beat."""
    bar = min(_BAR, len(beats) - 1)
    return 60 * bar / float(np.median(beats[bar:] - beats[:-bar])) if bar > 0 else None
