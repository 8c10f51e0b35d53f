"""Single sounds: a string in tune and damped, a stroke on its beat."""

import numpy as np
import pytest

from adapters.demo.music.band import Band
from adapters.demo.music.harmony import hertz
from adapters.demo.music.mix import Desk
from adapters.demo.music.patterns import BassNote, Groove, Hit, Strum
from adapters.demo.music.percussion import STROKES, stroke
from adapters.demo.music.score import Part
from adapters.demo.music.strings import BASS, REQUINTO, SEGUNDA, Strings, pluck
from tests.cases.demo_music.hearing import RATE, between, hiss


@pytest.mark.parametrize(
    ("strings", "midi"), [(BASS, 31), (BASS, 43), (SEGUNDA, 57), (REQUINTO, 76), (REQUINTO, 88)]
)
def test_a_string_is_in_tune_within_three_cents(strings: Strings, midi: int) -> None:
    note = pluck(strings, midi, 1.2, RATE)[2400:]
    spectrum = np.abs(np.fft.rfft(note * np.hanning(len(note)), 2**20))
    low, high = (round(hertz(midi) * side * 2**20 / RATE) for side in (0.97, 1.03))
    frequency = (low + int(spectrum[low:high].argmax())) * RATE / 2**20
    assert abs(1200 * np.log2(frequency / hertz(midi))) < 3


def test_a_string_dies_away_the_high_ones_sooner() -> None:
    def fall(midi: int) -> float:
        note = pluck(REQUINTO, midi, 1.2, RATE)
        return float(np.abs(note[:4800]).max() / np.abs(note[-4800:]).max())

    assert 2 < fall(57) < fall(69) < fall(81)


@pytest.mark.parametrize("name", STROKES)
def test_a_stroke_is_at_its_height_at_once_and_ends_in_silence(name: str) -> None:
    sound = np.abs(stroke(name, 0, RATE))
    assert sound[0] == 0
    assert sound[: RATE // 100].max() > 0.6
    assert sound[: RATE // 1000].max() > 0.15
    assert sound[-1] < 1e-6


def test_strings_are_damped_without_a_click() -> None:
    desk = Desk(4.0, RATE)
    stops = Groove(bass=(BassNote(0, 0.6, "root", 1),), segunda=(Strum(0, 0.7, (0, 2), 1),))
    part = Part("stops", ("Am", "Am"), ("A4:.5 " + "-:.5 " * 15,))
    Band(desk, 120, np.random.default_rng(0)).play(part, 0, (stops, Groove()), 1.0)
    sound = hiss(desk.mixed())
    assert np.abs(between(sound, 0, 0.05)).max() > 0.005
    # All four notes end here, and their echo has not come yet.
    assert np.abs(between(sound, 0.25, 0.365)).max() < 0.0001


@pytest.mark.parametrize("tempo", [120.0, 126.0, 134.0])
def test_a_stroke_sounds_within_a_millisecond_of_its_beat(tempo: float) -> None:
    desk = Desk(4.0, RATE)
    beats = (0.0, 1.0, 2.5, 3.75)
    bar = Groove(guira=tuple(Hit(beat, "short", 0.8) for beat in beats))
    silence = Part("strokes", ("Am", "Am"), ("-:.5 " * 16,))
    Band(desk, tempo, np.random.default_rng(0)).play(silence, 0, (bar, Groove()), 1.0)
    sound = np.abs(hiss(desk.mixed()))
    for second in (beat * 60 / tempo for beat in beats[1:]):
        before = between(sound, second - 0.005, second - 0.0001).max()
        assert between(sound, second, second + 0.001).max() > 10 * before
