"""A user's correction of a clip's beats overrides the analysis."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.blueprint.model import Difficulty
from domain.library.corrections import Correction
from domain.library.moves import Energy, Move, Style
from domain.library.retiming import refuse_undanceable, retimed
from domain.shared.errors import InvalidRequest

BEATS = tuple(round(0.25 + index * 0.5, 6) for index in range(24))
MOVE = Move(
    id="turn",
    name="Turn",
    label="turn",
    video_path="clips/turn.mp4",
    difficulty=Difficulty.BEGINNER,
    energy_level=Energy.LOW,
    style=Style.ROMANTIC,
    duration=12.25,
    tempo=120,
    first_count=BEATS[2],
    beats=BEATS,
    confidence=0.3,
)

corrections = st.builds(
    Correction,
    beats=st.sampled_from([None, "double", "half"]),
    tempo=st.none() | st.floats(40, 240),
    one_at=st.none() | st.floats(0, 12.2),
    shift=st.sampled_from([None, "half_beat"]),
)


def silent(**changed: float) -> Move:
    plain = {"tempo": 120.0, "first_count": 1.0, "duration": 12.0, "beats": (), "confidence": None}
    return msgspec.structs.replace(MOVE, **{**plain, **changed})


def test_half_a_beat_moves_every_beat_and_the_one() -> None:
    move = retimed(MOVE, Correction(shift="half_beat"))
    assert move.beats == (0.0, *(round(beat + 0.25, 6) for beat in BEATS))
    assert move.first_count == BEATS[2] + 0.25
    assert move.tempo == 120


def test_half_as_many_and_half_a_beat_are_the_other_half_of_the_beats() -> None:
    move = retimed(MOVE, Correction(beats="half", shift="half_beat"))
    assert move.tempo == 60
    assert move.beats == BEATS[1::2]


def test_twice_as_many_beats_keep_the_one() -> None:
    move = retimed(MOVE, Correction(beats="double"))
    assert (move.tempo, move.first_count) == (240, MOVE.first_count)
    assert set(BEATS) <= set(move.beats)


def test_this_is_one_begins_the_counting_in_the_clips_first_eight_beats() -> None:
    assert retimed(MOVE, Correction(one_at=BEATS[13] + 0.1)).first_count == BEATS[5]


def test_a_clip_whose_counting_begins_late_begins_late_after_a_correction() -> None:
    late = silent(first_count=6.0)
    assert retimed(late, Correction(beats="half")).first_count == 6.0
    assert retimed(late, Correction(shift="half_beat")).first_count == 6.25


def test_of_a_clip_without_known_beats_the_tempo_and_the_one_are_corrected() -> None:
    move = retimed(silent(), Correction(tempo=100, one_at=0.3))
    assert (move.tempo, move.first_count, move.beats) == (100, 0.3, ())


def test_what_nobody_corrects_is_as_it_was_heard() -> None:
    assert retimed(MOVE, None) == retimed(MOVE, Correction()) == MOVE


@pytest.mark.parametrize(
    ("move", "correction", "where"),
    [
        (MOVE, Correction(one_at=12.25), "$.one_at"),
        (silent(tempo=200), Correction(beats="double"), "$.beats"),
        (silent(tempo=50), Correction(beats="half"), "$.beats"),
    ],
)
def test_what_cannot_be_of_the_clip_is_refused_and_changes_nothing(
    move: Move, correction: Correction, where: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        refuse_undanceable(move, correction)
    assert [each.path for each in refused.value.violations] == [where]
    if where == "$.beats":
        assert retimed(move, correction).tempo == move.tempo


@given(corrections)
def test_a_clip_whose_one_is_beyond_its_end_can_be_corrected(correction: Correction) -> None:
    move = retimed(silent(duration=0.4), msgspec.structs.replace(correction, one_at=0.2))
    assert 0 <= move.first_count < move.duration


@given(
    st.sampled_from(
        [MOVE, silent(), silent(first_count=11.9), silent(duration=0.4, first_count=0.1)]
    ),
    corrections,
)
def test_whatever_is_said_a_clip_can_be_danced(move: Move, correction: Correction) -> None:
    result = retimed(move, correction)
    assert 30 <= result.tempo <= 300
    assert 0 <= result.first_count < result.duration
    assert all(a < b for a, b in pairwise(result.beats))
    assert all(0 <= beat < result.duration for beat in result.beats)
    if result.beats:
        assert result.first_count in result.beats
    if correction != Correction():
        assert result.correction == correction
