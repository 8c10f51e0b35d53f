"""A user's correction of a song's beats overrides the analysis."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.library.corrections import Correction, corrected
from domain.library.songs import Analysis, Section

BEAT = 0.5
BEATS = tuple(round(0.25 + index * BEAT, 6) for index in range(64))
HEARD = Analysis(
    tempo=120,
    beats=BEATS,
    ones=BEATS[3::8],
    downbeats=BEATS[3::4],
    sections=(Section(name="part 1", start=0, end=32.25, energy=0.5),),
    duration=32.25,
    analyzed_by="memory",
    confidence=0.4,
    beat_energy=(0.5,) * 64,
)

corrections = st.builds(
    Correction,
    beats=st.sampled_from([None, "double", "half"]),
    tempo=st.none() | st.floats(40, 240),
    one_at=st.none() | st.floats(0, 32),
    shift=st.sampled_from([None, "half_beat"]),
)


def test_this_is_one_counts_from_the_beat_nearest_to_it() -> None:
    said = corrected(HEARD, Correction(one_at=2.7))
    assert said.beats == HEARD.beats
    assert said.ones == BEATS[5::8]
    assert said.downbeats == BEATS[1::4]


def test_twice_as_many_beats_keep_those_that_were_heard() -> None:
    said = corrected(HEARD, Correction(beats="double"))
    assert set(HEARD.beats) <= set(said.beats)
    assert said.tempo == 240
    assert HEARD.ones[0] in said.ones


def test_half_as_many_beats_keep_the_one() -> None:
    said = corrected(HEARD, Correction(beats="half"))
    assert said.tempo == 60
    assert HEARD.ones[0] in said.ones
    assert len(said.beats) == 32


def test_a_tempo_is_laid_through_the_whole_song_on_the_one() -> None:
    said = corrected(HEARD, Correction(tempo=100, one_at=4.0))
    assert said.tempo == 100
    assert 4.0 in said.ones
    assert {round(b - a, 5) for a, b in pairwise(said.beats)} == {0.6}
    assert said.beats[0] < 0.6
    assert said.beats[-1] > HEARD.duration - 0.6


def test_half_a_beat_moves_all_beats_and_the_one() -> None:
    said = corrected(HEARD, Correction(shift="half_beat"))
    assert said.beats == (
        0.0,
        *(round(beat + BEAT / 2, 6) for beat in BEATS if beat + BEAT / 2 < 32.25),
    )
    assert BEATS[3] + BEAT / 2 in said.ones
    assert said.tempo == 120


def test_half_a_beat_and_this_is_one_count_from_the_moved_beat_nearest_to_it() -> None:
    said = corrected(HEARD, Correction(shift="half_beat", one_at=2.1))
    assert 2.0 in said.ones


def test_half_a_beat_of_a_tempo_is_half_of_that_tempos() -> None:
    said = corrected(HEARD, Correction(shift="half_beat", tempo=100))
    assert round(BEATS[3] + 0.3, 6) in said.ones
    laid = Correction(shift="half_beat", tempo=100, one_at=4.0)
    assert 4.0 in corrected(HEARD, laid).ones


def test_a_song_without_a_beat_gets_one_from_a_tempo() -> None:
    silent = Analysis(
        tempo=0, beats=(), ones=(), sections=(), duration=10, analyzed_by="memory", confidence=0
    )
    assert corrected(silent, Correction(tempo=120, one_at=1)).ones == (1.0, 5.0, 9.0)
    assert corrected(silent, Correction(beats="double")) == silent


@given(corrections)
def test_whatever_is_said_the_times_are_in_order(said: Correction) -> None:
    made = corrected(HEARD, said)
    assert all(a < b for a, b in pairwise(made.beats))
    assert all(0 <= beat < made.duration for beat in made.beats)
    at = [made.beats.index(one) for one in made.ones]
    assert at
    assert at[0] < 8
    assert all(b - a == 8 for a, b in pairwise(at))
    assert set(made.ones) <= set(made.downbeats)
    assert len(made.beat_energy) == len(made.beats)
    assert made.confidence == 1
    if said.tempo is not None:
        assert made.tempo == pytest.approx(said.tempo, abs=0.01)
