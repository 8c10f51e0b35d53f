"""The features for the network."""

import numpy as np
import pytest

from adapters.listening.features import COUNT, FPS, HOP, RATE, features, seconds
from tests.cases.listening.sounds import hiss, waltz


@pytest.mark.parametrize("samples", [2 * HOP, 2 * HOP + 1, RATE, 3 * RATE + 17, 100_003])
def test_there_are_34_numbers_fifty_times_a_second(samples: int) -> None:
    numbers = features(hiss(5, 0)[:samples])
    assert numbers.shape == ((samples // HOP + 1) // 2, COUNT)
    assert numbers.dtype == np.float32
    assert np.isfinite(numbers).all()
    assert pytest.approx(50, abs=0.2) == FPS


def test_silence_is_seen_without_complaint() -> None:
    assert np.isfinite(features(np.zeros(3 * RATE, np.float32))).all()


@pytest.mark.parametrize("gain", [0.001, 0.1, 4.0])
def test_loudness_does_not_matter(gain: float) -> None:
    sound = waltz(120, 6)
    assert features(sound * np.float32(gain)) == pytest.approx(features(sound), abs=1e-3)


def test_the_samples_are_left_alone() -> None:
    sound = hiss(3, 1)
    before = sound.copy()
    features(sound)
    assert (sound == before).all()


@pytest.mark.parametrize("time", [1.0, 2.345, 4.2])
def test_an_onset_is_seen_when_it_happens(time: float) -> None:
    sound = 1e-4 * hiss(6, 2)
    start = round(time * RATE)
    sound[start : start + 800] += hiss(1, 3)[:800]
    onsets = features(sound)[:, 12]
    assert seconds(int(onsets.argmax())) == pytest.approx(time, abs=0.05)
