"""An unsure clip takes the beats of a surer one that was filmed to the same recording."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.blueprint.model import Difficulty
from domain.library.corrections import Correction
from domain.library.move_faults import move_faults
from domain.library.moves import Energy, Move, Style
from domain.library.shared_recordings import Alignment, comparable, with_beats_of

BEAT = 60 / 127


def clip(move_id: str, confidence: float | None, **fields: Any) -> Move:
    beats = tuple(0.2 + BEAT * count for count in range(24))
    move = Move(
        id=move_id,
        name=move_id,
        label="basic",
        video_path=f"clips/{move_id}.mp4",
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.LOW,
        style=Style.ROMANTIC,
        duration=12.0,
        tempo=127.0,
        beats=beats,
        first_count=beats[3],
        confidence=confidence,
    )
    return msgspec.structs.replace(move, **fields)


SURE = clip("sure", 0.9)


@given(
    offset=st.floats(-8, 8),
    length=st.floats(5, 30),
    quality=st.floats(0.5, 1),
    factor=st.sampled_from([1.0, 0.5, 2.0]),
    late=st.sampled_from([0.0, BEAT / 2]),
)
def test_the_beats_are_those_of_the_recording(
    offset: float, length: float, quality: float, factor: float, late: float
) -> None:
    wrong = tuple(late + BEAT / factor * count for count in range(int(length / BEAT * factor)))
    unsure = clip("unsure", 0.3, duration=length, beats=wrong, tempo=127 * factor)
    move = with_beats_of(SURE, unsure, Alignment(offset=offset, quality=quality))
    assert move is not None
    assert not move_faults(move)
    assert (move.beats_from, move.tempo) == ("sure", 127.0)
    assert move.confidence == pytest.approx(0.9 * quality, abs=1e-3)
    assert len(move.beats) >= int(length / BEAT) - 1
    for beat in move.beats:
        count = (beat + offset - SURE.beats[0]) / BEAT
        assert count == pytest.approx(round(count), abs=1e-4)
    eights = (move.first_count + offset - SURE.first_count) / (8 * BEAT)
    assert eights == pytest.approx(round(eights), abs=1e-4)


@given(corrected=st.booleans(), own=st.floats(0, 1), sure=st.none() | st.floats(0, 1))
def test_only_an_unsure_clip_that_nobody_corrected_takes_beats_and_only_surer_ones(
    corrected: bool, own: float, sure: float | None
) -> None:
    correction = Correction(beats="half") if corrected else None
    unsure = clip("unsure", own, correction=correction)
    lender = clip("sure", sure)
    move = with_beats_of(lender, unsure, Alignment(offset=1, quality=0.8))
    allowed = not corrected and own < 0.6 and sure is not None and sure >= 0.6
    assert (move is not None) == (allowed and round((sure or 0) * 0.8, 3) > own)
    assert comparable(lender, unsure) == allowed


@pytest.mark.parametrize(
    ("tempo", "may"), [(127, True), (63.5, True), (254, True), (100, False), (32, False)]
)
def test_clips_of_another_tempo_are_not_compared(tempo: float, may: bool) -> None:
    assert comparable(SURE, clip("unsure", 0.3, tempo=tempo)) == may


def test_a_clip_lends_no_beats_to_itself() -> None:
    assert not comparable(SURE, msgspec.structs.replace(SURE, confidence=0.2))
