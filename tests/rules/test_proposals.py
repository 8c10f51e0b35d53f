"""A dance that somebody has ideas for."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.blueprint.model import Difficulty
from domain.library.moves import INTRO, OUTRO, Move
from domain.library.songs import Analysis
from domain.planning.clip_alignment import FASTEST, SLOWEST
from domain.planning.phrases import phrases
from domain.planning.planner import Draft, LockedMove, Plan, Wish, plan
from tests.strategies.songs import filmed, played, songs_and_libraries
from tests.world.warned import messages

Case = tuple[Analysis, tuple[Move, ...]]


def ids(dance: Plan) -> list[str]:
    return [move.clip_id or "" for move in dance.moves]


@given(songs_and_libraries, st.integers(0, 5), st.data())
def test_whatever_is_proposed_every_rule_holds(case: Case, seed: int, data: st.DataObject) -> None:
    song, library = case
    # The first six are those that can be danced to any song.
    names = [move.id for move in library[:6]]
    banned = data.draw(st.sampled_from([(), (names[5],)]))
    places = data.draw(st.sets(st.integers(0, len(phrases(song)) - 1), max_size=2))
    locked = tuple(
        LockedMove(position=at, move_id=data.draw(st.sampled_from(names[:5])))
        for at in sorted(places)
    )
    draft = Draft(song, library, Wish(seed=seed, locked=locked, banned=banned))
    idea = st.none() | st.sampled_from([*names, "no such move"])
    proposed = data.draw(st.lists(idea, max_size=len(draft.choices) + 2))
    dance = draft.plan(proposed)
    holds(song, library, dance, banned, locked)
    assert dance == draft.plan(proposed)


def holds(
    song: Analysis,
    library: tuple[Move, ...],
    dance: Plan,
    banned: tuple[str, ...],
    locked: tuple[LockedMove, ...],
) -> None:
    labels = {move.id: move.label for move in library}
    starts = [slot.start for slot in phrases(song)]
    assert dance.moves[0].start_time == 0
    assert dance.moves[-1].start_time + dance.moves[-1].duration == pytest.approx(
        song.duration, abs=1e-5
    )
    for before, after in pairwise(dance.moves):
        assert before.start_time + before.duration == pytest.approx(after.start_time, abs=1e-5)
        assert before.clip_id != after.clip_id or before.clip_id in {x.move_id for x in locked}
    assert not set(banned) & set(ids(dance))
    for cast in dance.moves:
        assert SLOWEST - 1e-6 <= cast.playback_rate <= FASTEST + 1e-6
        reason = cast.reason or {}
        assert min(reason["costs"].values()) >= 0
        assert reason["cost"] == pytest.approx(sum(reason["costs"].values()), abs=1e-3)
    positions = {lock.position for lock in locked} - {
        lock.position
        for lock in locked
        if any(f"danced at {lock.position}." in text for text in messages(dance.warnings))
    }
    for lock in locked:
        there = [m for m in dance.moves if abs(m.start_time - starts[lock.position]) < 1e-3]
        assert lock.position not in positions or [m.clip_id for m in there] == [lock.move_id]
    free = [m for m in dance.moves if m.clip_id not in {x.move_id for x in locked}]
    assert all(labels[m.clip_id or ""] != INTRO or m.start_time == 0 for m in free)
    assert all(labels[m.clip_id or ""] != OUTRO or m is dance.moves[-1] for m in free)


@given(songs_and_libraries, st.integers(0, 5))
def test_without_an_idea_the_dance_is_the_planners_own(case: Case, seed: int) -> None:
    song, library = case
    wish = Wish(seed=seed)
    draft = Draft(song, library, wish)
    silent = draft.plan([None] * len(draft.choices))
    assert msgspec.json.encode(silent) == msgspec.json.encode(plan(song, library, wish))
    strange = [
        next((move.id for move in library if move.id not in choice.candidates), "no such move")
        for choice in draft.choices
    ]
    assert msgspec.json.encode(draft.plan(strange)) == msgspec.json.encode(silent)


def test_what_is_proposed_is_danced_where_it_does_no_harm() -> None:
    song, library = played(32), filmed(80)
    draft = Draft(song, library, Wish())
    before = draft.plan()
    proposed = [choice.candidates[3] for choice in draft.choices]
    after = draft.plan(proposed)
    heeded = [a == b for a, b in zip(ids(after), proposed, strict=False)]
    assert sum(heeded) > 0.8 * len(proposed)
    assert sum(a == b for a, b in zip(ids(before), proposed, strict=False)) < 0.2 * len(proposed)
    costs = [(cast.reason or {})["costs"]["proposal"] for cast in after.moves]
    assert [cost == 0 for cost in costs][: len(heeded)] == heeded


def test_one_move_proposed_throughout_does_not_follow_itself() -> None:
    song, library = played(24), filmed(60)
    draft = Draft(song, library, Wish())
    common = [
        c for c in draft.choices[5].candidates if sum(c in x.candidates for x in draft.choices) > 5
    ]
    dance = draft.plan([common[0]] * len(draft.choices))
    assert all(before != after for before, after in pairwise(ids(dance)))
    assert ids(dance).count(common[0]) > ids(draft.plan()).count(common[0])


def test_the_choices_are_the_phrases_of_the_dance_with_its_moves_among_the_candidates() -> None:
    song, library = played(24), filmed(60)
    draft = Draft(song, library, Wish(difficulty=Difficulty.INTERMEDIATE))
    dance = draft.plan()
    assert len(draft.choices) == len(dance.moves)
    for choice, cast in zip(draft.choices, dance.moves, strict=True):
        assert cast.clip_id in choice.candidates
        assert 0 <= choice.energy <= 1
