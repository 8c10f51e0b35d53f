"""Choosing moves for a song."""

from itertools import pairwise
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import rules
from domain.blueprint import Blueprint, Difficulty, OutputConfig
from domain.choreography import FASTEST, SLOWEST, LockedMove, Wish, plan
from domain.errors import NoMovesMatch
from domain.moves import INTRO, OUTRO, Energy, Move, Style
from domain.music import Analysis
from domain.phrases import phrases
from domain.timeline import laid_out
from tests.strategies.songs import analyses, songs_and_libraries

Case = tuple[Analysis, tuple[Move, ...]]

wishes = st.builds(
    Wish,
    difficulty=st.none() | st.sampled_from(Difficulty),
    energy_level=st.none() | st.sampled_from(Energy),
    style=st.none() | st.sampled_from(Style),
    seed=st.integers(0, 5),
)


@given(songs_and_libraries, wishes)
def test_the_dance_covers_the_song_without_gap_or_overlap(case: Case, wish: Wish) -> None:
    song, library = case
    moves = plan(song, library, wish).moves
    assert moves[0].start_time == 0
    assert moves[-1].start_time + moves[-1].duration == pytest.approx(song.duration, abs=1e-5)
    for move, following in pairwise(moves):
        assert move.start_time + move.duration == pytest.approx(following.start_time, abs=1e-5)


@given(songs_and_libraries, wishes)
def test_every_plan_is_a_blueprint_that_breaks_no_rule(case: Case, wish: Wish) -> None:
    song, library = case
    blueprint = Blueprint(
        task_id=UUID(int=1),
        audio_path="songs/a",
        moves=plan(song, library, wish).moves,
        output_config=OutputConfig(output_path="output/user_local/a.mp4"),
    )
    rules.check(blueprint)
    assert laid_out(blueprint).frames == round(blueprint.end * 30)


@given(songs_and_libraries, wishes)
def test_every_cut_is_on_a_one_within_half_a_frame(case: Case, wish: Wish) -> None:
    song, library = case
    ones = phrases_starts(song)
    for move in plan(song, library, wish).moves[1:]:
        cut = round(move.start_time * 30) / 30
        assert min(abs(cut - one) for one in ones) <= 1 / 60 + 1e-4


def phrases_starts(song: Analysis) -> list[float]:
    """The heard "1"s, and beyond them the pace of the song's middle eight-count."""
    gaps = sorted(b - a for a, b in pairwise(song.ones))
    eight = gaps[len(gaps) // 2] if gaps else 480 / song.tempo
    if gaps and len(gaps) % 2 == 0:
        eight = (gaps[len(gaps) // 2 - 1] + gaps[len(gaps) // 2]) / 2
    before = [song.ones[0] - k * eight for k in range(1, 6)]
    after = [song.ones[-1] + k * eight for k in range(1, 6)]
    return [*before, *song.ones, *after]


@given(songs_and_libraries, wishes)
def test_the_clips_counts_fall_on_the_songs(case: Case, wish: Wish) -> None:
    song, library = case
    by_id = {move.id: move for move in library}
    ones = phrases_starts(song)
    for cast in plan(song, library, wish).moves:
        move = by_id[cast.clip_id or ""]
        assert SLOWEST - 1e-6 <= cast.playback_rate <= FASTEST + 1e-6
        # Where in the song the clip's own "1" is seen, or would be.
        shown = [
            cast.start_time
            + (move.first_count + k * move.eight_count - cast.trim_start) / cast.playback_rate
            for k in range(6)
        ]
        seen = [at for at in shown if cast.start_time - 1e-3 <= at < cast.start_time + 1.0]
        for at in seen:
            assert min(abs(at - one) for one in ones) < 0.06


@given(songs_and_libraries, wishes)
def test_no_move_follows_itself_and_intro_and_outro_have_their_places(
    case: Case, wish: Wish
) -> None:
    song, library = case
    by_id = {move.id: move for move in library}
    ids = [move.clip_id or "" for move in plan(song, library, wish).moves]
    labels = [by_id[each].label for each in ids]
    for before, after in pairwise(ids):
        assert before != after
    assert INTRO not in labels[1:]
    assert OUTRO not in labels[:-1]


@given(songs_and_libraries, wishes)
def test_the_same_seed_gives_the_same_dance(case: Case, wish: Wish) -> None:
    song, library = case
    assert plan(song, library, wish) == plan(song, library, wish)


@given(songs_and_libraries, wishes, st.data())
def test_banned_moves_never_appear(case: Case, wish: Wish, data: st.DataObject) -> None:
    song, library = case
    banned = data.draw(st.sets(st.sampled_from([m.id for m in library]), max_size=3))
    try:
        dance = plan(song, library, msgspec.structs.replace(wish, banned=tuple(banned)))
    except NoMovesMatch:
        return
    assert not banned & {move.clip_id for move in dance.moves}


@given(songs_and_libraries, st.integers(0, 3))
def test_a_locked_move_is_danced_in_its_place(case: Case, position: int) -> None:
    song, library = case
    slots = phrases(song)
    position = min(position, len(slots) - 1)
    locked = LockedMove(position=position, move_id="move-02")
    dance = plan(song, library, Wish(locked=(locked,)))
    if not dance.degradations:
        start = slots[position].start
        there = [m for m in dance.moves if abs(m.start_time - start) < 1e-3]
        assert [move.clip_id for move in there] == ["move-02"]


@given(analyses())
def test_phrases_divide_the_song_exactly(song: Analysis) -> None:
    slots = phrases(song)
    assert slots[0].start == 0
    assert slots[-1].end == song.duration
    for slot, following in pairwise(slots):
        assert slot.end == following.start
        assert slot.start < slot.end
    for slot in slots[1:-1]:
        assert slot.beats == pytest.approx(8, abs=1e-6)


def test_a_wish_that_too_few_moves_meet_is_relaxed_in_order_and_says_so() -> None:
    song = Analysis(
        tempo=120,
        beats=(),
        ones=tuple(4.0 * k for k in range(8)),
        sections=(),
        duration=32,
        heard_by="test",
    )
    library = [
        Move(
            id=f"m{k}",
            name="m",
            label="basic",
            video_path="clips/a",
            difficulty=Difficulty.BEGINNER,
            energy_level=Energy.LOW,
            style=Style.ROMANTIC,
            duration=8,
            tempo=120,
        )
        for k in range(6)
    ]
    asked = Wish(energy_level=Energy.HIGH, style=Style.ROMANTIC, difficulty=Difficulty.BEGINNER)
    assert ["energy_level" in each for each in plan(song, library, asked).degradations] == [True]
    asked = Wish(energy_level=Energy.HIGH, style=Style.PLAYFUL)
    said = plan(song, library, asked).degradations
    assert [name in each for name, each in zip(("energy_level", "style"), said, strict=True)] == [
        True,
        True,
    ]
    assert plan(song, library, Wish(style=Style.ROMANTIC)).degradations == ()


def test_a_library_of_another_tempo_is_refused_and_says_what_to_add() -> None:
    song = Analysis(tempo=200, beats=(), ones=(0.0,), sections=(), duration=20, heard_by="test")
    with pytest.raises(NoMovesMatch, match="200 BPM"):
        plan(song, [], Wish())
