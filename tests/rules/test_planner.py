"""Choosing moves for a song."""

from collections.abc import Callable
from itertools import pairwise
from random import Random
from statistics import fmean
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.blueprint import rules
from domain.blueprint.model import Blueprint, BlueprintMove, Difficulty, OutputConfig
from domain.blueprint.timeline import laid_out
from domain.library.moves import INTRO, OUTRO, Energy, Move, Style
from domain.library.songs import Analysis
from domain.planning.clip_alignment import FASTEST, SLOWEST
from domain.planning.metrics import quality, shared_time
from domain.planning.phrases import phrases
from domain.planning.planner import LockedMove, Plan, Wish, plan
from domain.shared.errors import NoMovesMatch
from domain.shared.result_warnings import WarningCode
from tests.strategies.songs import analyses, filmed, played, songs_and_libraries
from tests.world.warned import messages

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
        moments = [
            cast.start_time + (one - cast.trim_start) / cast.playback_rate for one in ones_of(move)
        ]
        inside = [at for at in moments if cast.start_time - 1e-3 <= at < cast.start_time + 1.0]
        for at in inside:
            assert min(abs(at - one) for one in ones) < 0.06


def ones_of(move: Move) -> list[float]:
    if not move.beats:
        return [move.first_count + k * move.eight_count for k in range(6)]
    first = min(range(len(move.beats)), key=lambda k: abs(move.beats[k] - move.first_count))
    return list(move.beats[first::8])


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
def test_nearly_all_beats_of_the_clips_are_played_on_beats_of_the_song(
    case: Case, wish: Wish
) -> None:
    song, library = case
    measured = quality(plan(song, library, wish).moves, song, library)
    assert measured.steps_on_the_beat >= 0.97
    assert measured.cut_error_worst <= 1000 / 60 + 0.1


@given(songs_and_libraries, wishes)
def test_no_move_goes_on_into_another_section(case: Case, wish: Wish) -> None:
    song, library = case
    inner = [section.start for section in song.sections[1:]]
    slots = {round(slot.start, 6) for slot in phrases(song)}
    for cast in plan(song, library, wish).moves:
        crossed = [at for at in inner if cast.start_time + 0.2 < at < end_of(cast) - 0.2]
        assert not any(round(at, 6) in slots for at in crossed)


def end_of(cast: BlueprintMove) -> float:
    return cast.start_time + cast.duration


@given(songs_and_libraries, wishes, st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_bytes_however_the_library_is_ordered(
    case: Case, wish: Wish, random: Random
) -> None:
    song, library = case
    mixed = random.sample(library, len(library))
    once, again = (msgspec.json.encode(plan(song, moves, wish)) for moves in (library, mixed))
    assert once == again


@given(songs_and_libraries, wishes)
def test_the_reasons_are_numbers_that_add_up_and_name_what_else_could_be_danced(
    case: Case, wish: Wish
) -> None:
    song, library = case
    names = {move.id: move.name for move in library}
    dance = plan(song, library, wish).moves
    for before, cast, after in zip((None, *dance), dance, (*dance[1:], None), strict=False):
        reason = cast.reason or {}
        assert set(reason) == {"cost", "costs", "alternatives"}
        assert all(cost >= 0 for cost in reason["costs"].values())
        assert reason["cost"] == pytest.approx(sum(reason["costs"].values()), abs=1e-3)
        others = reason["alternatives"]
        assert [other["cost"] for other in others] == sorted(other["cost"] for other in others)
        assert all(other["name"] == names[other["move_id"]] for other in others)
        ids = [other["move_id"] for other in others]
        neighbours = {each.clip_id for each in (before, cast, after) if each is not None}
        assert len(set(ids)) == len(ids) <= 3
        assert not neighbours & set(ids)


@given(songs_and_libraries, wishes)
def test_what_is_told_as_an_alternative_can_be_locked_in_its_place(case: Case, wish: Wish) -> None:
    song, library = case
    dance = plan(song, library, wish).moves
    starts = [slot.start for slot in phrases(song)]
    cast = dance[len(dance) // 2]
    for other in (cast.reason or {})["alternatives"][:1]:
        position = next(k for k, at in enumerate(starts) if abs(at - cast.start_time) < 1e-3)
        lock = LockedMove(position=position, move_id=other["move_id"])
        again = plan(song, library, msgspec.structs.replace(wish, locked=(lock,)))
        assert other["move_id"] in {
            each.clip_id for each in again.moves if abs(each.start_time - cast.start_time) < 1e-3
        }


@given(songs_and_libraries, wishes, st.data())
def test_banned_moves_never_appear(case: Case, wish: Wish, data: st.DataObject) -> None:
    song, library = case
    banned = data.draw(st.sets(st.sampled_from([m.id for m in library]), max_size=3))
    try:
        dance = plan(song, library, msgspec.structs.replace(wish, banned=tuple(banned)))
    except NoMovesMatch:
        return
    assert not banned & {move.clip_id for move in dance.moves}


@given(songs_and_libraries, wishes, st.data())
def test_all_locked_moves_are_danced_in_their_places(
    case: Case, wish: Wish, data: st.DataObject
) -> None:
    song, library = case
    slots = phrases(song)
    places = data.draw(st.sets(st.integers(0, len(slots) - 1), max_size=4))
    # The first six are those that can be danced to any song.
    locks = {place: data.draw(st.sampled_from(library[:6])).id for place in sorted(places)}
    locked = tuple(LockedMove(position=at, move_id=each) for at, each in locks.items())
    dance = plan(song, library, msgspec.structs.replace(wish, locked=locked))
    failed = [
        at
        for at in locks
        if any(f"eight-count {at}, to which" in it for it in messages(dance.warnings))
    ]
    for at, move_id in locks.items():
        [there] = [m for m in dance.moves if abs(m.start_time - slots[at].start) < 1e-3] or [None]
        assert at in failed or (there and there.clip_id == move_id)
    ids = [move.clip_id for move in dance.moves]
    for before, after in pairwise(dance.moves):
        if before.clip_id == after.clip_id:
            assert {before.clip_id} <= set(locks.values()), ids


@given(songs_and_libraries, st.integers(0, 3))
def test_a_locked_move_is_danced_in_its_place(case: Case, position: int) -> None:
    song, library = case
    slots = phrases(song)
    position = min(position, len(slots) - 1)
    locked = LockedMove(position=position, move_id="move-02")
    dance = plan(song, library, Wish(locked=(locked,)))
    if not dance.warnings:
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
        analyzed_by="test",
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
    wish = Wish(energy_level=Energy.HIGH, style=Style.ROMANTIC, difficulty=Difficulty.BEGINNER)
    assert ["energy_level" in each for each in messages(plan(song, library, wish).warnings)] == [
        True
    ]
    wish = Wish(energy_level=Energy.HIGH, style=Style.PLAYFUL)
    texts = messages(plan(song, library, wish).warnings)
    assert [name in each for name, each in zip(("energy_level", "style"), texts, strict=True)] == [
        True,
        True,
    ]
    assert messages(plan(song, library, Wish(style=Style.ROMANTIC)).warnings) == ()


def test_a_dance_in_words_is_unlike_its_opposite() -> None:
    song, library = played(48), filmed(120, ends=4)
    calm = Wish(
        difficulty=Difficulty.BEGINNER, energy_level=Energy.LOW, style=Style.ROMANTIC, seed=1
    )
    wild = Wish(
        difficulty=Difficulty.ADVANCED, energy_level=Energy.HIGH, style=Style.ENERGETIC, seed=1
    )
    turns = {move.id: float(move.label in ("spin", "ladyturn")) for move in library}
    by_id = {move.id: move for move in library}
    slow, fast = plan(song, library, calm), plan(song, library, wild, fit=turns)
    assert shared_time(slow.moves, fast.moves) < 0.05

    def share(dance: Plan, is_so: Callable[[Move], bool]) -> float:
        return fmean(is_so(by_id[cast.clip_id or ""]) for cast in dance.moves)

    ends = (INTRO, OUTRO)
    assert (
        share(slow, lambda move: move.difficulty is Difficulty.BEGINNER or move.label in ends) == 1
    )
    assert share(slow, lambda move: move.energy_level is not Energy.HIGH) > 0.8
    assert share(slow, lambda move: move.style is Style.ROMANTIC) > 0.5
    assert share(fast, lambda move: move.energy_level is Energy.HIGH) > 0.8
    assert share(fast, lambda move: turns[move.id] > 0) > 0.4
    unsaid = plan(song, library, wild)
    assert share(fast, lambda move: turns[move.id] > 0) > share(
        unsaid, lambda move: turns[move.id] > 0
    )


def test_moves_that_begin_as_the_one_before_ended_are_danced_one_after_another() -> None:
    song, library = played(32), filmed(60)
    motion = {move.id: ((0.1, 0.9), (0.9, 0.1))[number % 2] for number, move in enumerate(library)}
    with_motion, plain = (plan(song, library, Wish(), motion=each).moves for each in (motion, None))
    smooth, rough = (
        quality(dance, song, library, motion=motion).continuity for dance in (with_motion, plain)
    )
    assert smooth > 0.9
    assert smooth > rough + 0.15


def test_a_move_lasts_two_eight_counts_in_a_steady_song_and_one_where_the_tempo_drifts() -> None:
    library = [
        msgspec.structs.replace(move, duration=move.first_count + 16.5 * 60 / move.tempo, beats=())
        for move in filmed(30)
    ]
    steady, drifting = played(32, drift=0.0), played(32, drift=0.04)
    lengths = [
        [cast.duration for cast in plan(song, library, Wish()).moves] for song in (steady, drifting)
    ]
    assert fmean(lengths[0]) > 6
    assert fmean(lengths[1]) < 5
    moves = plan(drifting, library, Wish()).moves
    assert quality(moves, drifting, library).steps_on_the_beat == 1


def test_a_dance_is_mostly_kept_when_one_move_is_locked() -> None:
    song, library = played(48), filmed(60)
    before = plan(song, library, Wish()).moves
    middle = before[len(before) // 2]
    position = [round(s.start, 6) for s in phrases(song)].index(middle.start_time)
    other = (middle.reason or {})["alternatives"][0]["move_id"]
    lock = LockedMove(position=position, move_id=other)
    after = plan(song, library, Wish(locked=(lock,))).moves
    assert 0.7 < shared_time(before, after) < 1


def test_a_lock_that_cannot_be_kept_is_named() -> None:
    song, library = played(12), filmed(30)
    slow = msgspec.structs.replace(library[9], tempo=60, beats=())
    library[9] = slow
    locked = (
        LockedMove(position=3, move_id=slow.id),
        LockedMove(position=99, move_id=library[5].id),
    )
    texts = messages(plan(song, library, Wish(locked=locked)).warnings)
    assert [each for each in texts if "99" in each and library[5].id in each]
    assert [each for each in texts if slow.id in each and "eight-count 3, to which" in each]


def test_moves_that_do_not_meet_the_wish_and_are_taken_all_the_same_are_named() -> None:
    song = played(12)
    library = [
        msgspec.structs.replace(move, difficulty=Difficulty.ADVANCED) for move in filmed(20, ends=0)
    ]
    easy = [
        msgspec.structs.replace(move, id=f"easy-{k}", difficulty=Difficulty.BEGINNER, tempo=116.0)
        for k, move in enumerate(library[6:14])
    ]
    short = [msgspec.structs.replace(m, beats=(), duration=m.first_count + 4.2) for m in easy]
    longer = msgspec.structs.replace(song, duration=song.duration + 1.8)
    warnings = plan(longer, [*library, *short], Wish(difficulty=Difficulty.BEGINNER)).warnings
    assert WarningCode.MOVES_OUTSIDE_FILTERS in [each.code for each in warnings]


def test_an_ending_that_is_harder_than_asked_is_better_than_none_and_is_named() -> None:
    song, library = played(12), filmed(60, ends=3)
    hard = {Difficulty.ADVANCED: "harder", Difficulty.BEGINNER: None}
    for difficulty, word in hard.items():
        moves = [
            msgspec.structs.replace(
                move, difficulty=difficulty if move.label in (INTRO, OUTRO) else Difficulty.BEGINNER
            )
            for move in library
        ]
        labels = {move.id: move.label for move in moves}
        dance = plan(song, moves, Wish(difficulty=Difficulty.BEGINNER))
        ends = [labels[dance.moves[k].clip_id or ""] for k in (0, -1)]
        assert ends == [INTRO, OUTRO]
        warnings = [each for each in dance.warnings if each.code is WarningCode.HARDER_MOVE_DANCED]
        assert len(warnings) == (2 if word else 0)
        assert all(word in each.message for each in warnings if word)


@pytest.mark.parametrize("seed", range(5))
def test_clips_of_which_the_beats_are_not_sure_are_danced_less(seed: int) -> None:
    song, library = played(32, seed), filmed(40, seed)
    sure = [cast.clip_id for cast in plan(song, library, Wish()).moves]
    middle = [move for move in library if move.label not in (INTRO, OUTRO)]
    doubted = {move.id for move in middle if move.id in sure}
    unsure = [
        msgspec.structs.replace(move, confidence=0.1 if move.id in doubted else 0.9)
        for move in library
    ]
    danced = [cast.clip_id for cast in plan(song, unsure, Wish()).moves]
    assert sum(each in doubted for each in danced) < sum(each in doubted for each in sure) / 2


def test_a_style_that_is_akin_to_the_one_asked_for_is_preferred() -> None:
    song, library = played(32), filmed(60)
    library = [move for move in library if move.style is not Style.ROMANTIC]
    dance = plan(song, library, Wish(style=Style.ROMANTIC))
    styles = {move.id: move.style for move in library}
    own_styles = [styles[cast.clip_id or ""] for cast in dance.moves]
    assert fmean(style is Style.SENSUAL for style in own_styles) > 0.5


def test_a_library_of_another_tempo_is_refused_and_says_what_to_add() -> None:
    song = Analysis(tempo=200, beats=(), ones=(0.0,), sections=(), duration=20, analyzed_by="test")
    with pytest.raises(NoMovesMatch, match="200 BPM"):
        plan(song, [], Wish())
