"""Beats, downbeats and tempo of a song in bars of four, and how sure they are."""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.listening.barlines import turned
from adapters.listening.bars import Paces, Row, best_row, evidence, paces
from adapters.listening.features import HOP, RATE, features
from adapters.listening.network import SHORT, SONGS, Weights, load, probabilities
from adapters.listening.spectral_features import Portrait

Array = NDArray[np.float32]
Times = NDArray[np.float64]

LEAST_CONFIDENCE: Final = 0.28
"""Below it no beats are returned. Chosen on synthetic sounds: see `training/README.md`."""

_SHORTEST: Final = 2.0
"""Seconds of sound beneath which there is no tempo to speak of."""

_LONG: Final = 30.0
"""Seconds from which a sound is heard as a song: between synthetic sounds of 12 s, which the short
weights hear better, and whole songs of 45 s and more, which the others do."""

_EARLY: Final = {SONGS: 0.0, SHORT: 0.002}
"""Seconds that the peaks of each lie before the beats, on synthetic songs."""

_SILENCE: Final = 10 ** (-70 / 20)
"""Peak, against full scale, of what counts as no sound."""

_COUNTED: Final = 5.0
"""Seconds of silence about a song that are counted through: an eight-count at 96 BPM."""

_AHEAD: Final = 0.1
"""Seconds that a beat may be heard before its sound: a little more than it may be off."""

_BAR: Final = 4
_WALTZ: Final = 3
_PHRASE: Final = 16
"""Beats whose evidence decides between bars of four and of three."""

_BELL: Final = 4
"""Fine frames on either side of a beat that its P(beat) spreads over."""

_BEFORE: Final = 3
_AFTER: Final = 7
"""Fine frames about a decoded beat, which is where P(beat) begins to rise, that may be its peak."""

_FAINT: Final = 0.05
"""P(beat) beneath which a beat is counted and not heard: it has no peak."""


class Heard(NamedTuple):
    """What is heard of a song's time, in seconds from its first sample."""

    beats: Times
    """(n,) increasing."""
    downbeats: Times
    """(m,) those of the beats that are first in their bar of four."""
    confidence: float
    """From 0 to 1: how well beats and sound go together, times the probability of bars of four."""
    tempo: float | None
    """Beats a minute over the middle of the song; None where there are fewer than two beats."""


class Count(NamedTuple):
    """A row of beats, right or wrong."""

    beats: Times
    """(n,) seconds, increasing."""
    places: NDArray[np.int64]
    """(n,) where in its bar of four each is, 0 for the downbeat."""
    downbeat: Array
    """(n,) P(downbeat) of each."""
    confidence: float
    """As in `Heard`."""


def track(samples: Array, portrait: Portrait | None = None) -> Heard:
    """Hear the beats of mono ``samples`` (n,) at 22,050 Hz, of which there may be a portrait.

    Nothing is returned but the confidence where it is low: in silence and noise, in speech, in
    music without a beat or not in bars of four, in less than two seconds of sound.
    """
    start, end = _sounding(samples)
    if end - start < _SHORTEST * RATE:
        return _nothing(0.0)
    weights = SONGS if end - start >= _LONG * RATE else SHORT
    row = count(features(samples[start:end]), load(weights))
    if row.confidence < LEAST_CONFIDENCE:
        return _nothing(row.confidence)
    times = start / RATE + row.beats + _EARLY[weights]
    # Silence in front is counted through to find the beat, but nobody dances before the music.
    music = _first_sound(samples) / RATE - _AHEAD
    inside = (times < len(samples) / RATE) & (times >= music)
    times = times[inside]
    known = portrait or Portrait(samples)
    places = turned(row.places[inside], row.downbeat[inside], known, times)
    return Heard(times, times[places == 0], row.confidence, _tempo(times))


def count(seen: Array, weights: Weights) -> Count:
    """Count through what `features` sees of a sound, (frames, 34), whether it has a beat or not."""
    beat, downbeat = probabilities(seen, weights)
    row = _row(beat, downbeat, _BAR)
    if len(row.frames) == 0:
        return Count(np.zeros(0), row.places, np.zeros(0, np.float32), 0.0)
    peaks = _peaks(row.frames, beat)
    fours = _in_fours(row, _row(beat, downbeat, _WALTZ))
    confidence = _agreement(peaks, beat) * fours
    times = _refined(peaks, beat) * HOP / RATE
    return Count(times, row.places, downbeat[peaks], confidence)


def _nothing(confidence: float) -> Heard:
    return Heard(np.zeros(0), np.zeros(0), confidence, None)


def _sounding(samples: Array) -> tuple[int, int]:
    """The samples from the first to the last sound, with some silence on either side."""
    whole = np.abs(samples[: len(samples) // HOP * HOP]).reshape(-1, HOP)
    loud = np.flatnonzero(whole.max(axis=1, initial=0) > _SILENCE) * HOP
    if len(loud) == 0:
        return 0, 0
    about = round(_COUNTED * RATE)
    start, end = max(0, int(loud[0]) - about), min(len(samples), int(loud[-1]) + HOP + about)
    return start, end


def _first_sound(samples: Array) -> int:
    """The first sample of the block in which something is heard."""
    whole = np.abs(samples[: len(samples) // HOP * HOP]).reshape(-1, HOP)
    return int(np.argmax(whole.max(axis=1, initial=0) > _SILENCE)) * HOP


@cache
def _paces(beats_a_bar: int) -> Paces:
    return paces(RATE / HOP, beats_a_bar)


def _row(beat: Array, downbeat: Array, beats_a_bar: int) -> Row:
    known = _paces(beats_a_bar)
    return best_row(evidence(beat, downbeat, known.periods, beats_a_bar), known)


def _agreement(peaks: NDArray[np.int64], beat: Array) -> float:
    """How well a row of beats and P(beat) go together, from 0 to 1.

    The geometric mean of what the network believes of the row's precision, which is P(beat) at
    its beats, and of its recall: the share of all P(beat) that lies at the row's beats, less what
    would lie there by chance. Speech has onsets enough, but not where a row needs them.
    """
    covered = np.zeros(len(beat), np.bool_)
    for late in range(-_BELL, _BELL + 1):
        covered[np.clip(peaks + late, 0, len(beat) - 1)] = True
    chance = float(covered.mean())
    share = float(beat[covered].sum() / max(float(beat.sum()), 1e-9))
    recall = (share - chance) / max(1 - chance, 1e-9)
    return float(np.sqrt(float(beat[peaks].mean()) * max(recall, 0.0)))


def _in_fours(fours: Row, threes: Row) -> float:
    """The probability of bars of four against bars of three, by the evidence of four bars.

    Over a whole song the two likelihoods would be worlds apart, whatever the song: beats are not
    independent of one another.
    """
    gain = (fours.gain - threes.gain) / len(fours.frames)
    return float(1 / (1 + np.exp(-_PHRASE * gain)))


def _peaks(frames: NDArray[np.int64], beat: Array) -> NDArray[np.int64]:
    """The fine frame where P(beat) is highest near each decoded beat, if it is high at all."""
    near = frames[:, np.newaxis] + np.arange(-_BEFORE, _AFTER)
    near = np.clip(near, 0, len(beat) - 1)
    highest = near[np.arange(len(frames)), beat[near].argmax(axis=1)]
    counted = np.minimum(frames + 1, len(beat) - 1)
    return np.where(beat[highest] >= _FAINT, highest, counted)


def _refined(peaks: NDArray[np.int64], beat: Array) -> Times:
    """The peaks between frames: the top of a parabola through each and its neighbours."""
    left, right = beat[np.maximum(peaks - 1, 0)], beat[np.minimum(peaks + 1, len(beat) - 1)]
    bend = left - 2 * beat[peaks] + right
    inner = (bend < -1e-9) & (peaks > 0) & (peaks < len(beat) - 1)
    shift = 0.5 * (left - right) / np.where(inner, bend, -1.0)
    return peaks.astype(np.float64) + np.where(inner, np.clip(shift, -0.5, 0.5), 0.0)


def _tempo(beats: Times) -> float | None:
    """From the median time of a bar, which is steadier than that of a beat."""
    bar = min(_BAR, len(beats) - 1)
    return 60 * bar / float(np.median(beats[bar:] - beats[:-bar])) if bar > 0 else None
