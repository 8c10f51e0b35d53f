"""Clips set to phrases of a song, beat on beat."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Move, Style
from domain.planning.clip_alignment import Counts, cast_to, step_error, sway, truest
from domain.planning.phrases import Phrase

MOVE = Move(
    id="m",
    name="m",
    label="basic",
    video_path="clips/m",
    difficulty=Difficulty.BEGINNER,
    energy_level=Energy.LOW,
    style=Style.ROMANTIC,
    duration=13,
    tempo=120,
    first_count=0.5,
)
EIGHT = Phrase(start=10, end=14.2, beats=8, section=0, energy=0.5)


def swaying(*sways: float) -> tuple[float, ...]:
    """A beat every half second from 0, each so much later."""
    return tuple(k / 2 + (sways[k % len(sways)]) for k in range(27))


def test_a_clip_enters_at_its_own_one_and_lasts_its_own_counts() -> None:
    [alignment] = Counts(MOVE).alignments(0, 8)
    assert alignment == (0.5, 4.0, ())
    assert cast_to(EIGHT, MOVE, alignment, {}).playback_rate == pytest.approx(4 / 4.2, abs=1e-6)


def test_a_phrase_that_begins_before_its_one_begins_before_the_clips() -> None:
    assert Counts(MOVE).alignments(-0.5, 8.5)[0][:2] == (0.25, 4.25)
    assert Counts(MOVE).alignments(-3, 8)[0][:2] == (3.0, 4.0)


def test_a_clip_that_is_too_short_has_no_footing() -> None:
    short = msgspec.structs.replace(MOVE, duration=4.4)
    assert Counts(short).alignments(0, 8) == []
    assert Counts(msgspec.structs.replace(MOVE, duration=4.49)).alignments(0, 8)


def test_a_clip_whose_beats_are_known_enters_at_the_beat_that_is_its_one() -> None:
    move = msgspec.structs.replace(MOVE, beats=swaying(0, 0.02), first_count=0.5)
    alignment = Counts(move).alignments(0, 8)[0]
    assert alignment.entry == pytest.approx(0.52)
    assert alignment.span == pytest.approx(4.0)
    late = [round(each, 6) for each in alignment.sway]
    assert late == [0, -0.02, 0, -0.02, 0, -0.02, 0, -0.02, 0]


def test_a_clip_goes_on_at_its_own_pace_beyond_the_beats_that_were_heard() -> None:
    move = msgspec.structs.replace(MOVE, beats=swaying(0)[4:12])
    alignments = Counts(move).alignments(0, 16)
    assert (alignments[0].entry, alignments[0].span) == (0.5, 8.0)


def test_a_later_one_is_taken_where_the_steps_are_truer() -> None:
    beats = tuple(k / 2 + (0.04 if 1 < k < 8 else 0) for k in range(27))
    uneven = msgspec.structs.replace(MOVE, beats=beats)
    alignments = Counts(uneven).alignments(0, 8)
    phrase = msgspec.structs.replace(EIGHT, end=14.0)
    even = sway(phrase, [10 + k / 2 for k in range(9)])
    assert truest(alignments, phrase, even)[0].entry == pytest.approx(4.5)
    assert truest(alignments[:1], phrase, even)[1] == pytest.approx(0.04, abs=1e-6)


def test_steps_of_a_clip_that_sways_as_the_song_does_are_true() -> None:
    beats = swaying(0, 0.03, 0.01, 0.02)
    move = msgspec.structs.replace(MOVE, beats=beats, first_count=0)
    phrase = Phrase(start=20, end=24, beats=8, section=0, energy=0.5)
    song = sway(phrase, [20 + beat for beat in beats])
    alignment = Counts(move).alignments(0, 8)[0]
    assert step_error(alignment, song) == pytest.approx(0, abs=1e-9)
    assert step_error(alignment, sway(phrase, ())) == pytest.approx(0.03)


@given(
    st.lists(st.floats(0.4, 0.6), min_size=20, max_size=40),
    st.integers(0, 3),
    st.floats(-3, 3),
    st.floats(8, 12),
)
def test_where_a_clip_enters_and_leaves_is_as_many_of_its_beats_apart_as_the_phrase_has(
    gaps: list[float], one: int, count: float, beats: float
) -> None:
    own_beats = [0.2]
    for gap in gaps:
        own_beats.append(own_beats[-1] + gap)
    move = msgspec.structs.replace(
        MOVE, beats=tuple(own_beats), first_count=own_beats[one], duration=own_beats[-1] + 0.3
    )
    for alignment in Counts(move).alignments(count, beats):
        assert alignment.entry >= 0
        assert alignment.entry + alignment.span <= move.duration + 1 / 60
        if own_beats[0] <= alignment.entry and alignment.entry + alignment.span <= own_beats[-1]:
            entered = beat_of(own_beats, alignment.entry)
            assert beat_of(own_beats, alignment.entry + alignment.span) - entered == pytest.approx(
                beats
            )
            eights = (entered - one - count) / 8
            assert eights == pytest.approx(round(eights), abs=1e-6)


def beat_of(beats: list[float], at: float) -> float:
    for index, (start, end) in enumerate(pairwise(beats)):
        if start - 1e-9 <= at <= end + 1e-9:
            return index + (at - start) / (end - start)
    raise AssertionError(at)
