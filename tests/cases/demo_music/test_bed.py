"""The beds under the dance clips."""

import numpy as np
import pytest

from adapters.demo.music.bed import UnknownEnergy, bed
from adapters.demo.music.loudness import CEILING, integrated
from tests.cases.demo_music.hearing import RATE, flux, flux_at


@pytest.mark.parametrize("energy", ["low", "medium", "high"])
@pytest.mark.parametrize(("tempo", "eight_counts"), [(120.0, 1), (126.5, 2), (133.7, 3)])
def test_a_bed_is_exact_to_the_sample(tempo: float, eight_counts: int, energy: str) -> None:
    wave = bed(tempo, eight_counts, energy, seed=4, rate=RATE)
    assert wave.dtype == np.float32
    assert wave.shape == (round(eight_counts * 8 * 60 / tempo * RATE), 2)
    assert integrated(wave, RATE) == pytest.approx(-18, abs=0.5)
    assert np.abs(wave).max() <= CEILING * 1.0001


@pytest.mark.parametrize("energy", ["low", "medium", "high"])
def test_a_bed_starts_at_once_and_ends_without_a_click(energy: str) -> None:
    wave = bed(126, 2, energy, seed=1)
    assert np.abs(wave[0]).max() < 0.01
    assert np.abs(wave[: RATE // 50]).max() > 0.05
    assert np.abs(wave[-1]).max() < 1e-4
    assert np.abs(wave[-48:]).max() < 0.02
    assert np.abs(np.diff(wave, axis=0)).max() < 0.7


def test_a_bed_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    first = bed(128, 1, "medium", seed=7)
    assert np.array_equal(first, bed(128, 1, "medium", seed=7))
    assert not np.array_equal(first, bed(128, 1, "medium", seed=8))


def test_a_bed_keeps_the_beat_to_its_end() -> None:
    wave = bed(131, 4, "high", seed=2)
    beats = np.arange(32) * 60 / 131
    rising = flux(wave)
    assert flux_at(rising, beats) > 1.15 * flux_at(rising, beats[:-1] + 30 / 131)
    assert flux_at(rising, beats[-8:]) > 2 * flux_at(rising, beats[-8:] + 7.5 / 131)


def test_a_livelier_bed_has_more_strokes() -> None:
    sixteenths = np.arange(1, 128, 4) * 60 / 126 / 4
    lively = flux_at(flux(bed(126, 4, "high", seed=0)), sixteenths)
    calm = flux_at(flux(bed(126, 4, "low", seed=0)), sixteenths)
    assert lively > 1.2 * calm


def test_a_bed_can_have_another_rate() -> None:
    assert bed(120, 1, "low", seed=0, rate=44100).shape == (176400, 2)


def test_an_unknown_energy_is_refused() -> None:
    with pytest.raises(UnknownEnergy):
        bed(120, 1, "frantic", seed=0)
