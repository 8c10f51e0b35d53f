"""Find the "1" of every eight-count, and the sections of a song."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from adapters.listening.music_range import EVERYWHERE, within
from adapters.listening.novelty import apart, standard
from adapters.listening.one_evidence import first_odds
from adapters.listening.spectral_features import SpectralFeatures
from domain.library.songs import Section

Array = NDArray[np.float32]
Times = NDArray[np.float64]

_EIGHT: Final = 8
_UNKNOWN: Final = 0.6
"""Probability that a few bars begin with a "1"."""
_SPREAD: Final = 1.5
"""Divisor of the log odds by which they are calibrated for music of other sources than the songs
that the weights are fitted to.
"""
_REACH: Final = (8, 16)
"""Numbers of beats before and after a downbeat that are compared."""
_SHORTEST: Final = 2
"""Minimum eight-counts of a section."""
_LONGEST: Final = 8
_UPBEAT: Final = 4
"""Maximum beats before the first "1" that do not form a section."""
_STANDING_OUT: Final = 0.6
"""Standard deviations above the mean from which a change begins a section."""
_LOUD, _QUIET = 95, 5
"""Percentiles of a song's loudness that have energy 1 and the minimum energy."""
_LEAST: Final = 0.1


def ones(
    spectrum: SpectralFeatures,
    beats: Times,
    downbeats: Times,
    body: tuple[float, float] = EVERYWHERE,
) -> tuple[Times, float]:
    """Return those downbeats that are a "1", which is every other one, and their probability.

    The evidence comes from the ``body`` of the music: the seconds between which it is loud.
    """
    inside = within(downbeats, body)
    own_beats = beats[within(beats, body)]
    if len(own_beats) < _EIGHT:
        return downbeats[::2], _UNKNOWN
    odds = first_odds(spectrum, own_beats, downbeats[inside])
    probability = 1 / (1 + math.exp(-abs(odds) / _SPREAD))
    return downbeats[(inside.start + int(odds < 0)) % 2 :: 2], probability


def changes(spectrum: SpectralFeatures, beats: Times) -> Array:
    """Return the change of loudness and timbre after each beat relative to before it.

    The mean is about 1. Players enter, stop, and play louder or softer at the beginning of an
    eight-count; harmony is no evidence, because its loops last one or two bars.
    """
    last = 2 * beats[-1] - beats[-2] if len(beats) > 1 else beats[-1] + 0.5
    loudness, levels, _ = spectrum.between(np.append(beats, last))
    features = (standard(loudness[:, np.newaxis]), standard(levels))
    novelties = [apart(each, reach) for each in features for reach in _REACH]
    each = np.stack([one / (one.mean() + np.float32(1e-9)) for one in novelties])
    return each.mean(axis=0).astype(np.float32)


def sections(
    spectrum: SpectralFeatures, beats: Times, starts: Times, duration: float
) -> tuple[Section, ...]:
    """Return a song's sections, each from one "1" to another, with energy relative to the whole
    song.

    A section begins where the music changes more than usual, after at least two eight-counts; one
    of more than eight eight-counts is divided at its greatest change.
    """
    edges = [0.0, duration]
    if len(starts) > 2 * _SHORTEST and len(beats) > _EIGHT:
        change = changes(spectrum, beats)
        at = np.searchsorted(beats, starts - 1e-6)
        strengths = change[np.minimum(at, len(change) - 1)]
        beginnings = [float(starts[index]) for index in _beginnings(strengths)]
        # A short lead-in before the first "1" belongs to the first section.
        lead = [0.0] if beginnings[0] > _UPBEAT * (beats[1] - beats[0]) else []
        edges = [*lead, *beginnings, duration]
        edges[0] = 0.0
    loudness, _, _ = spectrum.between(np.array(edges))
    energy = scaled(spectrum, loudness)
    return tuple(
        Section(name=f"part {number}", start=start, end=end, energy=round(float(level), 3))
        for number, ((start, end), level) in enumerate(zip(pairwise(edges), energy, strict=True), 1)
    )


def _beginnings(strengths: Array) -> list[int]:
    """Return the eight-counts that begin sections, including the first."""
    bar = float(strengths.mean() + _STANDING_OUT * strengths.std())
    beginnings = [0]
    for index in map(int, np.argsort(-strengths, kind="stable")):
        if strengths[index] < bar:
            break
        if min(abs(index - other) for other in (*beginnings, len(strengths))) >= _SHORTEST:
            beginnings.append(index)
    return _parted(sorted(beginnings), strengths)


def _parted(beginnings: Sequence[int], strengths: Array) -> list[int]:
    result = list(beginnings)
    position = 0
    while position < len(result):
        start = result[position]
        end = result[position + 1] if position + 1 < len(result) else len(strengths)
        if end - start > _LONGEST:
            inner = range(start + _SHORTEST, end - _SHORTEST + 1)
            result.insert(position + 1, max(inner, key=lambda index: float(strengths[index])))
        else:
            position += 1
    return result


def scaled(spectrum: SpectralFeatures, loudness: Array) -> Array:
    """Return loudness in dB as energy, 0.1 to 1, between the song's quiet and loud moments."""
    low, high = np.percentile(spectrum.loudness, (_QUIET, _LOUD))
    within = (loudness - low) / max(float(high - low), 1.0)
    return np.clip(_LEAST + (1 - _LEAST) * within, _LEAST, 1).astype(np.float32)
