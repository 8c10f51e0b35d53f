"""A song is counted as dancers of its genre count it, and the other way is told as well."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.library.corrections import Correction, corrected
from domain.library.genre_tempos import counted_in
from domain.library.songs import Analysis
from domain.planning.tempo_octaves import ways_to_count
from tests.strategies.songs import analyses, played

GENRES = {
    "bachata": (100, 160),
    "Bachata Sensual": (100, 160),
    "bolero": (45, 85),
    "Cha-Cha-Chá": (96, 136),
    "cha cha": (96, 136),
    "chachachá": (96, 136),
    "kizomba": (80, 105),
    "mambo": (150, 230),
    "Merengue típico": (110, 170),
    "SALSA romántica": (150, 230),
    "reggaetón": (80, 115),
    "son cubano": (80, 130),
    "zouk": (65, 105),
}
UNKNOWN = (None, "", "jazz", "samson", "bachata bolero", "日本語", "pop/rock")


def heard_at(tempo: float) -> Analysis:
    return msgspec.structs.replace(played(8, tempo=tempo, drift=0), confidence=0.7)


@given(st.sampled_from(sorted(GENRES)), st.floats(40, 240))
def test_a_tempo_that_is_usual_in_the_genre_stays(genre: str, tempo: float) -> None:
    slowest, fastest = GENRES[genre]
    assert fastest < 2 * slowest
    analysis = heard_at(tempo)
    if slowest <= analysis.tempo <= fastest:
        assert counted_in(analysis, genre).tempo == analysis.tempo


def test_a_bolero_of_63_heard_as_126_is_63_and_126_is_told_too() -> None:
    song = counted_in(heard_at(126), "Bolero")
    assert song.tempo == pytest.approx(63, rel=0.01)
    assert song.other_tempo == pytest.approx(126, rel=0.01)
    assert song.beats[1] - song.beats[0] == pytest.approx(60 / 63, abs=0.02)


def test_a_salsa_of_190_heard_as_95_is_190_and_95_is_told_too() -> None:
    song = counted_in(heard_at(95), "salsa")
    assert song.tempo == pytest.approx(190, rel=0.01)
    assert song.other_tempo == pytest.approx(95, rel=0.01)


@pytest.mark.parametrize(("genre", "tempo"), [("bolero", 63.0), ("bachata", 126.0)])
def test_a_song_in_the_range_of_its_genre_is_as_it_was_heard(genre: str, tempo: float) -> None:
    analysis = heard_at(tempo)
    song = counted_in(analysis, genre)
    assert song.other_tempo is not None
    assert msgspec.structs.replace(song, other_tempo=None) == analysis


@given(genre=st.sampled_from(sorted(GENRES)), data=st.data())
def test_an_octave_beside_the_range_is_counted_within_it(genre: str, data: st.DataObject) -> None:
    slowest, fastest = GENRES[genre]
    true = data.draw(st.floats(slowest * 1.01, fastest * 0.99))
    analysis = heard_at(true * data.draw(st.sampled_from([0.5, 1, 2])))
    song = counted_in(analysis, genre)
    assert slowest <= song.tempo <= fastest
    assert song.confidence == analysis.confidence
    # Both ways to count are told, and what was heard is one of them.
    assert song.other_tempo is not None
    octaves = (song.tempo, song.other_tempo)
    assert max(octaves) == pytest.approx(2 * min(octaves), rel=0.01)
    assert song.ones[0] == pytest.approx(analysis.ones[0], abs=1e-6)


@given(song=analyses(), genre=st.sampled_from(UNKNOWN))
def test_an_unknown_genre_changes_nothing(song: Analysis, genre: str | None) -> None:
    counted = counted_in(song, genre)
    assert msgspec.structs.replace(counted, other_tempo=None) == song


@given(song=analyses(), genre=st.sampled_from([*sorted(GENRES), *UNKNOWN]))
def test_counting_again_changes_nothing(song: Analysis, genre: str | None) -> None:
    counted = counted_in(song, genre)
    assert counted_in(counted, genre) == counted


@given(tempo=st.floats(90, 160), level=st.sampled_from(["half", "double"]))
def test_a_person_may_say_otherwise(tempo: float, level: str) -> None:
    counted = counted_in(heard_at(tempo), "bachata")
    beats = msgspec.convert({"beats": level}, Correction)
    factor = {"half": 0.5, "double": 2.0}[level]
    assert corrected(counted, beats).tempo == pytest.approx(counted.tempo * factor, rel=0.01)


@given(tempo=st.floats(100, 160))
def test_a_bolero_can_be_danced_at_the_tempo_it_was_heard_at(tempo: float) -> None:
    counted = counted_in(heard_at(tempo), "bolero")
    ways = [way.analysis.tempo for way in ways_to_count(counted)]
    assert min(abs(way / tempo - 1) for way in ways) < 0.01


def test_a_song_without_a_beat_has_no_other_tempo() -> None:
    silent = msgspec.structs.replace(heard_at(126), tempo=0, beats=(), ones=())
    assert counted_in(silent, "bolero").other_tempo is None
