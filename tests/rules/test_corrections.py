"""A user's correction of a song's beats overrides the analysis."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.library.corrections import Correction, corrected
from domain.library.songs import Analysis, Section

BEAT = 0.5
BEATS = tuple(round(0.25 + index * BEAT, 6) for index in range(64))
ANALYSIS = Analysis(
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
    song = corrected(ANALYSIS, Correction(one_at=2.7))
    assert song.beats == ANALYSIS.beats
    assert song.ones == BEATS[5::8]
    assert song.downbeats == BEATS[1::4]


def test_twice_as_many_beats_keep_those_that_were_heard() -> None:
    song = corrected(ANALYSIS, Correction(beats="double"))
    assert set(ANALYSIS.beats) <= set(song.beats)
    assert song.tempo == 240
    assert ANALYSIS.ones[0] in song.ones


def test_half_as_many_beats_keep_the_one() -> None:
    song = corrected(ANALYSIS, Correction(beats="half"))
    assert song.tempo == 60
    assert ANALYSIS.ones[0] in song.ones
    assert len(song.beats) == 32


def test_a_tempo_is_laid_through_the_whole_song_on_the_one() -> None:
    song = corrected(ANALYSIS, Correction(tempo=100, one_at=4.0))
    assert song.tempo == 100
    assert 4.0 in song.ones
    assert {round(b - a, 5) for a, b in pairwise(song.beats)} == {0.6}
    assert song.beats[0] < 0.6
    assert song.beats[-1] > ANALYSIS.duration - 0.6


def test_half_a_beat_moves_all_beats_and_the_one() -> None:
    song = corrected(ANALYSIS, Correction(shift="half_beat"))
    assert song.beats == (
        0.0,
        *(round(beat + BEAT / 2, 6) for beat in BEATS if beat + BEAT / 2 < 32.25),
    )
    assert BEATS[3] + BEAT / 2 in song.ones
    assert song.tempo == 120


def test_half_a_beat_and_this_is_one_count_from_the_moved_beat_nearest_to_it() -> None:
    song = corrected(ANALYSIS, Correction(shift="half_beat", one_at=2.1))
    assert 2.0 in song.ones


def test_half_a_beat_of_a_tempo_is_half_of_that_tempos() -> None:
    song = corrected(ANALYSIS, Correction(shift="half_beat", tempo=100))
    assert round(BEATS[3] + 0.3, 6) in song.ones
    laid = Correction(shift="half_beat", tempo=100, one_at=4.0)
    assert 4.0 in corrected(ANALYSIS, laid).ones


def test_a_song_without_a_beat_gets_one_from_a_tempo() -> None:
    silent = Analysis(
        tempo=0, beats=(), ones=(), sections=(), duration=10, analyzed_by="memory", confidence=0
    )
    assert corrected(silent, Correction(tempo=120, one_at=1)).ones == (1.0, 5.0, 9.0)
    assert corrected(silent, Correction(beats="double")) == silent


@given(corrections)
def test_whatever_is_said_the_times_are_in_order(correction: Correction) -> None:
    song = corrected(ANALYSIS, correction)
    assert all(a < b for a, b in pairwise(song.beats))
    assert all(0 <= beat < song.duration for beat in song.beats)
    at = [song.beats.index(one) for one in song.ones]
    assert at
    assert at[0] < 8
    assert all(b - a == 8 for a, b in pairwise(at))
    assert set(song.ones) <= set(song.downbeats)
    assert len(song.beat_energy) == len(song.beats)
    assert song.confidence == 1
    if correction.tempo is not None:
        assert song.tempo == pytest.approx(correction.tempo, abs=0.01)
