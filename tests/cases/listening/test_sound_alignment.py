"""Two cuts of one recording are found by their sound, and their beats are the same."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from adapters.listening.features import RATE
from adapters.listening.sound_alignment import align, sound_print
from tests.cases.listening.sounds import hiss, talk
from training.bachata import Conditions, Played, bachata

Samples = NDArray[np.float32]


@cache
def song(seed: int, tempo: float = 126) -> Played:
    return bachata(np.random.default_rng(seed), Conditions(tempo=tempo, drift=0.02), 16)


def cut(seconds: tuple[float, float], gain: float = 1, noise: float | None = None) -> Samples:
    """A part of the first song, with so many dB from the music to the noise."""
    start, length = (int(each * RATE) for each in seconds)
    part = song(1).samples[start : start + length] * np.float32(gain)
    if noise is None:
        return part
    level = float(np.sqrt(np.mean(part**2))) * 10 ** (-noise / 20)
    hiss = np.random.default_rng(0).standard_normal(len(part))
    return (part + level * hiss).astype(np.float32)


def as_re_encoded(part: Samples) -> Samples:
    """Without treble, and in steps of 8 bits."""
    spectrum = np.fft.rfft(part)
    spectrum[int(len(spectrum) * 0.45) :] = 0
    return (np.round(np.fft.irfft(spectrum, len(part)) * 128) / 128).astype(np.float32)


def beat_error(offset: float, start: float, other: float) -> float:
    """Seconds from the beats of the second cut, as the first one gives them, to the true ones."""
    beats = song(1).beats
    inner = beats[(beats > other) & (beats < other + 8)]
    lent = beats - start - offset
    return float(np.median(np.abs(lent[:, np.newaxis] - (inner - other)).min(axis=0)))


@settings(deadline=None, max_examples=100)
@given(
    start=st.floats(2, 14),
    later=st.floats(-2, 3),
    gain=st.floats(0.05, 1),
    noise=st.sampled_from([None, 20.0, 10.0]),
    again=st.booleans(),
)
def test_cuts_of_one_recording_share_their_beats(
    start: float, later: float, gain: float, noise: float | None, again: bool
) -> None:
    other = start + later
    second = cut((other, 10), gain, noise)
    alignment = align(
        sound_print(cut((start, 12))), sound_print(as_re_encoded(second) if again else second)
    )
    # A song that repeats itself may be found some bars off; its beats are the same there.
    assert alignment is None or beat_error(alignment.offset, start, other) < 0.03
    if noise is None and not again:
        assert alignment is not None
        assert alignment.quality > 0.8


@pytest.mark.parametrize("seconds", [0.0, 0.5, 3.5])
def test_less_than_four_seconds_are_too_few(seconds: float) -> None:
    assert align(sound_print(cut((2, 10))), sound_print(cut((2, seconds)))) is None


STRANGE = {
    "another tempo": lambda: song(2, 139).samples[: 10 * RATE],
    "noise": lambda: hiss(10, 1),
    "somebody talking": lambda: talk(10, 2),
    "silence": lambda: np.zeros(10 * RATE, np.float32),
    "nothing": lambda: np.zeros(0, np.float32),
}


@pytest.mark.parametrize("name", STRANGE)
def test_another_sound_is_no_recording_of_the_song(name: str) -> None:
    assert align(sound_print(cut((2, 12))), sound_print(STRANGE[name]())) is None


def test_a_fingerprint_is_small_however_long_the_clip_is() -> None:
    long = np.tile(song(1).samples, 4)
    assert len(sound_print(long)) <= 37_000 < len(long)
