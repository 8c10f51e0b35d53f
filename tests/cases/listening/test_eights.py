"""The "1" is where players come and go, and sections begin where much changes."""

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.listening.eight_counts import ones, sections
from adapters.listening.features import RATE
from adapters.listening.spectral_features import SpectralFeatures

BEAT = 0.5
BEATS: NDArray[np.float64] = np.arange(96, dtype=np.float64) * BEAT
SECONDS = len(BEATS) * BEAT


def song(first: int) -> NDArray[np.float32]:
    """Noise on every beat, and a player who comes and goes every sixteen beats from ``first``."""
    chance = np.random.default_rng(3)
    times = np.arange(round(SECONDS * RATE)) / RATE
    drum = chance.normal(0, 0.1, len(times)) * np.exp(-8 * (times % BEAT))
    number = (times / BEAT).astype(int) - first
    plays = (number >= 0) & (number % 32 < 16)
    return (drum + plays * 0.2 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)


@pytest.mark.parametrize("first", [0, 4, 8, 12])
def test_of_two_ways_to_count_the_music_tells_which(first: int) -> None:
    result, probability = ones(SpectralFeatures(song(first)), BEATS, BEATS[::4])
    assert 0.5 < probability < 1
    assert np.allclose(result, BEATS[first % 8 :: 8])


def test_a_section_begins_where_a_player_comes_in() -> None:
    spectrum = SpectralFeatures(song(0))
    parts = sections(spectrum, BEATS, BEATS[::8], SECONDS)
    # The last sixteen beats have not enough after them to be told apart.
    assert [each.start for each in parts] == [0, 8, 16, 24, 32]
    loud, quiet = parts[:4:2], parts[1:4:2]
    assert min(each.energy for each in loud) > max(each.energy for each in quiet)


def test_one_downbeat_is_a_one_and_none_are_none() -> None:
    spectrum = SpectralFeatures(song(0))
    assert list(ones(spectrum, BEATS, BEATS[:1])[0]) == [0]
    assert list(ones(spectrum, BEATS, BEATS[:0])[0]) == []
