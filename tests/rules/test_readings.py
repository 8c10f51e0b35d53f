"""An analysis offers other ways to count the music, and a correction takes one by its number."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.library.corrections import Correction, corrected
from domain.library.genre_tempos import counted_in
from domain.library.readings import Chances, chosen, clip_readings, is_close, likely_readings
from domain.library.songs import Analysis, Reading, ReadingKind
from domain.shared.errors import InvalidRequest
from tests.strategies.songs import filmed

BEATS = tuple(round(0.25 + index * 0.5, 6) for index in range(64))
ONE = BEATS[3]

shares = st.floats(0.001, 1)


def chances_of(beats: float, turns: list[float], one: float) -> Chances:
    return Chances(beats, [turn / sum(turns) for turn in turns], one)


chances = st.builds(
    chances_of,
    st.floats(0, 1),
    st.lists(shares, min_size=4, max_size=4),
    st.floats(0.5, 1),
)


def song(readings: tuple[Reading, ...] = (), confidence: float = 0.7) -> Analysis:
    return Analysis(
        tempo=120,
        beats=BEATS,
        ones=BEATS[3::8],
        downbeats=BEATS[3::4],
        sections=(),
        duration=32.25,
        analyzed_by="memory",
        confidence=confidence,
        readings=readings,
    )


def reading(kind: ReadingKind, later: int = 0) -> tuple[Reading, ...]:
    first = Reading(kind="as_analyzed", probability=0.6)
    return (first, Reading(kind=kind, probability=0.3, beats_later=later))


@settings(max_examples=200)
@given(tempo=st.floats(40, 240), chances=chances)
def test_readings_are_probabilities_with_the_analysis_first(tempo: float, chances: Chances) -> None:
    first, *others = likely_readings(tempo, chances)
    assert first.kind == "as_analyzed"
    assert [each.probability for each in others] == sorted(
        (each.probability for each in others), reverse=True
    )
    assert sum(each.probability for each in (first, *others)) <= 1.005
    names = [(each.kind, each.beats_later) for each in (first, *others)]
    assert len(set(names)) == len(names)


@settings(max_examples=200)
@given(tempo=st.floats(40, 240), chances=chances)
def test_every_reading_can_be_chosen_by_its_number(tempo: float, chances: Chances) -> None:
    readings = likely_readings(tempo, chances)
    for number in range(2, len(readings) + 1):
        correction = chosen(Correction(reading=number), readings, BEATS, ONE)
        assert correction.reading is None
        other = corrected(song(), correction)
        assert (other.beats, other.ones) != (song().beats, song().ones)


@pytest.mark.parametrize("later", [1, 2, 3, 4])
def test_a_turned_bar_moves_every_one_by_its_beats(later: int) -> None:
    kind: ReadingKind = "other_one" if later == 4 else "bar_turned"
    correction = chosen(Correction(reading=2), reading(kind, later), BEATS, ONE)
    assert BEATS[3 + later] in corrected(song(), correction).ones
    assert corrected(song(), correction).beats == BEATS


def test_a_tempo_and_half_a_beat_are_corrections_of_their_own() -> None:
    corrections: dict[ReadingKind, Correction] = {
        "double": Correction(beats="double"),
        "half": Correction(beats="half"),
        "half_beat_later": Correction(shift="half_beat"),
    }
    for kind, correction in corrections.items():
        assert chosen(Correction(reading=2), reading(kind), BEATS, ONE) == correction


@pytest.mark.parametrize(
    "correction",
    [Correction(reading=3), Correction(reading=2, beats="half"), Correction(reading=2, tempo=100)],
)
def test_a_reading_that_is_not_there_or_not_alone_is_refused(correction: Correction) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        chosen(correction, reading("half"), BEATS, ONE)
    assert refusal.value.violations[0].path == "$.reading"


def test_a_correction_without_a_reading_stays_as_it_is() -> None:
    correction = Correction(beats="double", one_at=2.0)
    assert chosen(correction, (), BEATS, ONE) == correction


def test_an_analysis_is_close_if_another_one_is_half_as_likely() -> None:
    far = Reading(kind="other_one", probability=0.2, beats_later=4)
    assert is_close(song(reading("half")))
    assert not is_close(song((reading("half")[0], far)))
    assert not is_close(song(reading("half"), confidence=1))
    assert not is_close(song())


def test_a_known_genre_leaves_no_doubt_of_the_octave() -> None:
    counted = counted_in(song(likely_readings(120, Chances(0.5, (1, 0, 0, 0), 0.8))), "bolero")
    assert counted.tempo == 60
    assert {each.kind for each in counted.readings}.isdisjoint({"double", "half"})


def test_an_uncertain_clip_has_more_likely_readings_than_a_certain_one() -> None:
    move = filmed(1)[0]
    certain, unsure = (
        clip_readings(msgspec.structs.replace(move, confidence=value)) for value in (0.95, 0.3)
    )
    assert certain[0].probability > 2 * unsure[0].probability
    assert certain[1].kind == "other_one"
    assert unsure[1].kind == "half"
