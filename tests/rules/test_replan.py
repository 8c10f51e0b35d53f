"""A part of a dance is planned again."""

from fractions import Fraction
from itertools import pairwise
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.blueprint import rules
from domain.blueprint.model import Blueprint, BlueprintMove, OutputConfig, Transition
from domain.blueprint.timeline import Timeline, laid_out
from domain.library.moves import Move
from domain.library.songs import Analysis
from domain.planning.clip_alignment import FASTEST, SLOWEST
from domain.planning.fixed_slots import FixedSlots, fixed_slots, kept_share
from domain.planning.planner import Plan, Wish, plan
from domain.planning.replan import planned_again, unfitting
from domain.shared.errors import NoMovesMatch
from tests.strategies.songs import filmed, played, songs_and_libraries

Case = tuple[Analysis, tuple[Move, ...]]


def blueprint_of(moves: tuple[BlueprintMove, ...]) -> Blueprint:
    return Blueprint(
        task_id=UUID(int=1),
        audio_path="songs/a",
        moves=moves,
        output_config=OutputConfig(output_path="output/user_local/a.mp4"),
    )


def again(
    case: Case,
    before: Blueprint,
    locks: set[int],
    wish: Wish,
    chosen: dict[int, Move] | None = None,
) -> tuple[Plan, FixedSlots]:
    song, library = case
    by_id = {move.id: move for move in library}
    fixed = fixed_slots(before, song, locks, chosen or {}, by_id)
    return planned_again(before, song, library, wish, fixed), fixed


def frames(timeline: Timeline) -> list[tuple[int, int]]:
    """First frame and number of frames of each cut."""
    edges = [0]
    for cut in timeline.cuts:
        edges.append(edges[-1] + cut.frames)
    return [(first, cut.frames) for first, cut in zip(edges, timeline.cuts, strict=False)]


def with_moves(before: Blueprint, dance: Plan) -> Blueprint:
    return msgspec.structs.replace(before, moves=dance.moves)


def assert_good(before: Blueprint, dance: Plan, locks: set[int], banned: set[str]) -> None:
    after = with_moves(before, dance)
    rules.check(after)
    old, new = laid_out(before), laid_out(after)
    assert new.frames == old.frames
    for index in locks:
        move = before.moves[index]
        encoded = msgspec.json.encode(move)
        [place] = [k for k, m in enumerate(dance.moves) if m.start_time == move.start_time]
        assert msgspec.json.encode(dance.moves[place]) == encoded
        assert frames(new)[place] == frames(old)[index]
    for move, following in pairwise(dance.moves):
        assert abs(move.start_time + move.duration - following.start_time) < 1e-5
    kept = {before.moves[index].start_time for index in locks}
    new_ids = {move.clip_id for move in dance.moves if move.start_time not in kept}
    assert not new_ids & banned


@given(songs_and_libraries, st.data())
@settings(max_examples=150, deadline=None)
def test_locked_moves_stay_to_the_frame_and_banned_ones_never_appear(
    case: Case, data: st.DataObject
) -> None:
    song, library = case
    before = blueprint_of(plan(song, library, Wish()).moves)
    count = len(before.moves)
    locks = data.draw(st.sets(st.integers(0, count - 1)))
    held = {before.moves[index].clip_id for index in locks}
    free = [move.id for move in library if move.id not in held]
    banned = set(data.draw(st.lists(st.sampled_from(free), max_size=2))) if free else set[str]()
    wish = Wish(seed=data.draw(st.integers(0, 3)), banned=tuple(sorted(banned)))

    try:
        dance, fixed = again(case, before, locks, wish)
    except NoMovesMatch:
        # Only a ban can leave too few moves.
        assert banned
        return

    assert_good(before, dance, locks, banned)
    assert again(case, before, locks, wish)[0] == dance
    for move in dance.moves:
        assert SLOWEST - 1e-6 <= move.playback_rate <= FASTEST + 1e-6
    share = kept_share(before.moves, dance.moves, fixed)
    assert share == pytest.approx(expected_share(before, dance, locks), abs=1e-6)


def expected_share(before: Blueprint, dance: Plan, locks: set[int]) -> float | None:
    """The share between all cuts of both dances, exactly."""
    kept = [
        (move.start_time, move.start_time + move.duration)
        for move in (before.moves[index] for index in locks)
    ]
    moments = sorted(
        {m.start_time for d in (before.moves, dance.moves) for m in d} | {float(before.end)}
    )
    same = whole = Fraction(0)
    for start, end in pairwise(moments):
        middle = (start + end) / 2
        if any(first <= middle < last for first, last in kept):
            continue
        length = Fraction(end) - Fraction(start)
        whole += length
        old, new = (
            [m.clip_id for m in d if m.start_time <= middle][-1]
            for d in (before.moves, dance.moves)
        )
        same += length * (old == new)
    return float(same / whole) if whole else None


@given(songs_and_libraries, st.data())
@settings(max_examples=100, deadline=None)
def test_a_blueprint_edited_by_hand_is_planned_again_between_its_locks(
    case: Case, data: st.DataObject
) -> None:
    song, library = case
    before = blueprint_of(cut_by_hand(plan(song, library, Wish()).moves, data))
    locks = data.draw(st.sets(st.integers(0, len(before.moves) - 1)))

    try:
        dance, _ = again(case, before, locks, Wish(seed=1))
    except NoMovesMatch as error:
        assert "long enough" in str(error)
        return

    assert_good(before, dance, locks, set())


def cut_by_hand(moves: tuple[BlueprintMove, ...], data: st.DataObject) -> tuple[BlueprintMove, ...]:
    """Divide one move anywhere, and forget what clip its second part is of."""
    index = data.draw(st.integers(0, len(moves) - 1))
    move = moves[index]
    first = round(move.duration * data.draw(st.floats(0.3, 0.7)), 3)
    halves = (
        msgspec.structs.replace(move, duration=first),
        msgspec.structs.replace(
            move,
            start_time=round(move.start_time + first, 6),
            duration=round(move.duration - first, 6),
            trim_start=0.0,
            playback_rate=1.0,
            original_duration=60.0,
            clip_id=None,
            video_path="clips/mine.mp4",
        ),
    )
    return (*moves[:index], *halves, *moves[index + 1 :])


def test_with_the_same_seed_everything_stays_that_need_not_change() -> None:
    case = played(48), tuple(filmed(60))
    before = blueprint_of(plan(*case, Wish(seed=3)).moves)
    locks = {0, 3, 5, len(before.moves) - 1}

    same, fixed = again(case, before, locks, Wish(seed=3))
    other, _ = again(case, before, locks, Wish(seed=4))

    assert [without_reason(move) for move in same.moves] == [
        without_reason(move) for move in before.moves
    ]
    assert kept_share(before.moves, same.moves, fixed) == 1
    share = kept_share(before.moves, other.moves, fixed)
    assert share is not None
    assert 0 < share < 0.6


def without_reason(move: BlueprintMove) -> BlueprintMove:
    return msgspec.structs.replace(move, reason=None)


def test_a_banned_move_is_replaced_and_most_others_stay() -> None:
    case = played(48), tuple(filmed(60))
    before = blueprint_of(plan(*case, Wish()).moves)
    banned = before.moves[7].clip_id or ""

    dance, fixed = again(case, before, set(), Wish(banned=(banned,)))

    assert banned not in {move.clip_id for move in dance.moves}
    share = kept_share(before.moves, dance.moves, fixed)
    assert share is not None
    assert 0.6 < share < 1


def test_a_chosen_move_is_danced_in_exactly_the_time_of_the_old_one() -> None:
    case = song, library = played(48), tuple(filmed(60))
    before = blueprint_of(plan(song, library, Wish()).moves)
    by_id = {move.id: move for move in library}
    index = 6
    other = by_id[(before.moves[index].reason or {})["alternatives"][0]["move_id"]]
    locks = set(range(len(before.moves))) - {index}

    dance, _ = again(case, before, locks, Wish(), {index: other})

    assert_good(before, dance, locks, set())
    old, new = before.moves[index], dance.moves[index]
    assert (new.clip_id, new.start_time) == (other.id, old.start_time)
    assert new.duration == pytest.approx(old.duration, abs=1e-9)
    assert new.reason is not None


def test_a_chosen_move_that_is_too_short_or_too_slow_is_named() -> None:
    song, library = played(48), filmed(60)
    before = blueprint_of(plan(song, library, Wish()).moves)
    slow = msgspec.structs.replace(library[9], tempo=60, beats=())
    short = msgspec.structs.replace(library[9], duration=1.0, beats=())
    by_id = {move.id: move for move in library}

    fixed = fixed_slots(before, song, {1, 2}, {4: slow, 7: short, 5: by_id["move-030"]}, by_id)

    assert set(unfitting(song, fixed)) >= {4, 7}


def test_a_move_keeps_the_transition_and_the_volume_that_its_place_had() -> None:
    case = song, library = played(48), tuple(filmed(60))
    moves = [
        msgspec.structs.replace(move, transition_type=Transition.CROSSFADE, volume_adjustment=0.25)
        for move in plan(song, library, Wish()).moves
    ]
    before = blueprint_of(tuple(moves))

    dance, _ = again(case, before, {4}, Wish(seed=2))

    starts = {move.start_time for move in moves}
    assert len(starts) > len({move.start_time for move in dance.moves} & starts) > 5
    for move in dance.moves:
        kind = Transition.CROSSFADE if move.start_time in starts else Transition.CUT
        assert (move.transition_type, move.volume_adjustment) == (kind, 0.25)


def test_a_dance_of_which_all_is_locked_stays_as_it_is() -> None:
    case = song, library = played(14), tuple(filmed(30))
    before = blueprint_of(plan(song, library, Wish()).moves)

    dance, fixed = again(case, before, set(range(len(before.moves))), Wish(seed=9))

    assert dance.moves == before.moves
    assert kept_share(before.moves, dance.moves, fixed) is None
