"""Loudness, peaks, edges and speed of sounds."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sound.limiter import CEILING, HALO, limit, true_peaks
from adapters.sound.loudness import Meter, loudness_of
from adapters.sound.stretch import stretched
from adapters.sound.voice_level import at_rate, levelled, trimmed
from adapters.sound.wav import RATE, header, samples_of, write
from tests.world.sounds import babble, load, silence_around, tone


def of(sound: object) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    return np.asarray(sound, np.float32)


def test_a_tone_of_minus_23_decibels_in_both_channels_has_minus_23_lufs() -> None:
    """EBU Tech 3341, case 1."""
    sound = of(tone(5, 10 ** (-23 / 20), 1000))
    meter = Meter(2)
    meter.add(np.stack([sound, sound], axis=1))
    assert meter.integrated() == pytest.approx(-23, abs=0.1)


def test_silence_between_does_not_count() -> None:
    """EBU Tech 3341, case 3: quiet parts are gated."""
    loud, quiet = tone(30, 10 ** (-23 / 20), 1000), tone(5, 10 ** (-36 / 20), 1000)
    sound = of(np.concatenate([quiet, loud, quiet]))
    meter = Meter(2)
    meter.add(np.stack([sound, sound], axis=1))
    assert meter.integrated() == pytest.approx(-23, abs=0.1)


@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_loudness_does_not_depend_on_the_parts(parts: list[int]) -> None:
    sound = of(babble(sum(parts) / RATE)).reshape(-1, 1)
    whole, meter = Meter(1), Meter(1)
    whole.add(sound)
    at = 0
    for part in parts:
        meter.add(sound[at : at + part])
        at += part
    assert meter.integrated() == pytest.approx(whole.integrated(), abs=1e-6)


@pytest.mark.parametrize("samples", [0, 1, 100, RATE])
def test_silence_has_no_loudness(samples: int) -> None:
    assert loudness_of(np.zeros(samples, np.float32)) is None


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 4), st.integers(1, 4_000))
@settings(max_examples=100, deadline=None)
def test_limited_sound_has_no_peak_above_the_ceiling(seed: int, level: float, size: int) -> None:
    sound = of(np.random.default_rng(seed).normal(0, level, (size, 2)))
    result = limit(sound)
    assert result.shape == sound.shape
    # Half a decibel is left to the change of the gain, up to -1 dB.
    assert true_peaks(result).max() <= 10 ** (-1 / 20)
    assert (np.abs(result) <= np.abs(sound) + 1e-6).all()
    assert (result * sound >= 0).all()


def test_a_peak_between_samples_is_seen() -> None:
    sound = of(np.sin(np.pi / 2 * np.arange(1_000) + np.pi / 4)).reshape(-1, 1)
    assert np.abs(sound).max() < 0.71
    assert true_peaks(sound)[100:-100].max() == pytest.approx(1, abs=0.02)


def test_sound_without_peaks_stays_as_it_is() -> None:
    sound = of(tone(0.1, 0.3)).reshape(-1, 1)
    assert limit(sound) is sound
    louder = of(tone(0.1, 0.8 * CEILING)).reshape(-1, 1)
    assert np.allclose(limit(louder), louder, atol=1e-6)


def test_a_block_with_its_surroundings_is_limited_as_the_whole_is() -> None:
    sound = of(np.random.default_rng(1).normal(0, 0.5, (4 * HALO, 2)))
    part = limit(sound[HALO : 4 * HALO])[HALO:-HALO]
    assert np.allclose(part, limit(sound)[2 * HALO : 3 * HALO], atol=1e-6)


@pytest.mark.parametrize("level", [0.003, 0.05, 0.9])
def test_voices_become_equally_loud(level: float) -> None:
    loudness = loudness_of(levelled(of(babble(3, level))))
    assert loudness == pytest.approx(-16, abs=0.5)


def test_silence_stays_silent() -> None:
    assert not levelled(np.zeros(RATE, np.float32)).any()
    assert len(trimmed(np.zeros(RATE, np.float32))[0]) == 0


def test_silence_around_a_voice_is_cut_off() -> None:
    voice = tone(1, 0.5)
    sound = of(np.concatenate([np.zeros(RATE), voice, np.zeros(RATE // 2)]))
    result, cut = trimmed(sound)
    assert max(silence_around(result.astype(np.float64))) <= 0.05
    assert cut / RATE == pytest.approx(0.97, abs=0.01)
    assert len(result) >= len(voice)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 44_100, 48_000])
def test_sound_of_any_rate_keeps_its_pitch_and_its_length(rate: int) -> None:
    times = np.arange(rate) / rate
    sound = at_rate(of(np.sin(2 * np.pi * 440 * times)), rate)
    assert abs(len(sound) - RATE) <= 6
    assert pitch_of(sound) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("speed", [0.7, 0.9, 1.25, 1.4])
def test_stretched_sound_keeps_its_pitch_and_its_level(speed: float) -> None:
    sound = of(tone(2, 0.3, 220))
    result = stretched(sound, speed)
    assert len(result) == pytest.approx(len(sound) / speed, rel=0.03)
    assert pitch_of(result) == pytest.approx(220, abs=3)
    middle = result[RATE // 4 : -RATE // 4]
    assert np.sqrt(np.mean(np.square(middle))) == pytest.approx(0.3 / np.sqrt(2), rel=0.1)


@pytest.mark.parametrize("samples", [0, 1, 500, 3_000])
def test_very_short_sounds_are_stretched_too(samples: int) -> None:
    assert np.isfinite(stretched(of(tone(1)[:samples]), 0.7)).all()


def pitch_of(sound: object) -> float:
    """Return the strongest frequency."""
    samples = of(sound)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * RATE / len(samples)


def test_a_written_file_is_known_again_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "voice.wav"
    write(file, of(tone(0.1)))
    assert [each.name for each in tmp_path.iterdir()] == ["voice.wav"]
    assert samples_of(file) == 4_800
    assert np.allclose(load(file)[0][:, 0], tone(0.1), atol=1e-3)
    content = file.read_bytes()
    for wrong in (b"", content[:43], content[:-1], content[:-2], header(4_800, 2) + content[44:]):
        file.write_bytes(wrong)
        assert samples_of(file) is None
