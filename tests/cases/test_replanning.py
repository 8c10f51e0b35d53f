"""A part of a Blueprint is planned again, over ports in memory."""

from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from application.planning.choreography_request import ChoreographyRequest
from application.planning.replan_request import ChosenMove, ReplanRequest
from domain.blueprint import rules
from domain.blueprint.model import Blueprint, Transition
from domain.library.songs import Analysis
from domain.shared.errors import (
    BlueprintRejected,
    InvalidRequest,
    MediaNotFound,
    NoBeatsDetected,
    SongNotFound,
)
from domain.shared.paths import LOCAL_USER, film
from tests.world.planning import Ballroom, ballroom

pytestmark = pytest.mark.anyio

SONG = "luna-de-humo"
AGAIN = UUID(int=8)


@pytest.fixture
async def room(tmp_path: Path) -> Ballroom:
    return await ballroom(tmp_path)


@pytest.fixture
async def before(room: Ballroom) -> Blueprint:
    return (await room.planned(ChoreographyRequest(song_id=SONG, seed=5))).blueprint


async def again(room: Ballroom, request: ReplanRequest) -> Blueprint:
    return (await room.replan(request, AGAIN, LOCAL_USER)).blueprint


def ids(blueprint: Blueprint) -> list[str | None]:
    return [move.clip_id for move in blueprint.moves]


async def refused(room: Ballroom, request: ReplanRequest) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        await room.replan(request, AGAIN, LOCAL_USER)
    return {each.path: each.message for each in caught.value.violations}


async def test_locked_moves_stay_and_the_share_of_the_rest_is_told(
    room: Ballroom, before: Blueprint
) -> None:
    request = ReplanRequest(blueprint=before, locks=(0, 3, 5), seed=6)

    planned = await room.replan(request, AGAIN, LOCAL_USER)

    after = planned.blueprint
    rules.check(after)
    for index in request.locks:
        assert before.moves[index] in after.moves
    assert ids(after) != ids(before)
    share = planned.quality.kept_share
    assert share is not None
    assert 0 < share < 1
    parameters = after.generation_parameters
    assert parameters["quality"]["kept_share"] == share
    assert parameters["seed"] == 6
    assert parameters["replanned"] == {
        "task_id": str(before.task_id),
        "locks": [0, 3, 5],
        "chosen_moves": [],
    }
    assert (after.task_id, after.output_config.output_path) == (AGAIN, film(LOCAL_USER, AGAIN))
    assert after.total_duration == before.total_duration
    explained = await room.explain(after)
    assert explained.quality is not None
    assert explained.quality.kept_share == share


async def test_the_same_request_gives_the_same_dance_and_the_same_seed_keeps_the_rest(
    room: Ballroom, before: Blueprint
) -> None:
    request = ReplanRequest(blueprint=before, locks=(2,))

    first, second = await again(room, request), await again(room, request)

    assert first.moves == second.moves
    assert ids(first) == ids(before)
    other = await again(room, msgspec.structs.replace(request, seed=77))
    assert other.moves == (await again(room, msgspec.structs.replace(request, seed=77))).moves
    assert ids(other) != ids(before)


async def test_a_banned_move_is_gone_and_stays_gone_only_while_it_is_banned(
    room: Ballroom, before: Blueprint
) -> None:
    banned = before.moves[4].clip_id or ""
    without = await again(room, ReplanRequest(blueprint=before, banned_moves=(banned,)))

    assert banned not in ids(without)
    assert without.generation_parameters["banned_moves"] == [banned]
    back = await again(room, ReplanRequest(blueprint=without))
    assert ids(back) == ids(before)


async def test_an_alternative_takes_exactly_the_place_of_a_move(
    room: Ballroom, before: Blueprint
) -> None:
    alternative = (before.moves[3].reason or {})["alternatives"][0]["move_id"]
    request = ReplanRequest(
        blueprint=before,
        locks=tuple(index for index in range(len(before.moves)) if index != 3),
        chosen_moves=(ChosenMove(index=3, move_id=alternative),),
    )

    after = await again(room, request)

    assert after.moves[:3] + after.moves[4:] == before.moves[:3] + before.moves[4:]
    assert after.moves[3].clip_id == alternative
    assert after.moves[3].start_time == before.moves[3].start_time
    assert after.generation_parameters["quality"]["kept_share"] is None


async def test_the_wish_of_the_blueprint_still_holds(room: Ballroom) -> None:
    easy = msgspec.convert({"song_id": SONG, "difficulty": "beginner"}, ChoreographyRequest)
    before = (await room.planned(easy)).blueprint

    after = await again(room, ReplanRequest(blueprint=before, locks=(0,), seed=3))

    assert after.generation_parameters["difficulty"] == "beginner"
    hard = [room.moves[each or ""].difficulty for each in ids(after)[1:-1]]
    assert set(hard) == {"beginner"}


async def test_a_description_still_holds_without_a_language_model(room: Ballroom) -> None:
    described = await room.described("many turns, no dips", song_id=SONG)
    before = described.blueprint
    plain = msgspec.structs.replace(
        before,
        generation_parameters={**before.generation_parameters, "query": None},
    )

    after = await again(room, ReplanRequest(blueprint=before, locks=(0,), seed=3))
    unsaid = await again(room, ReplanRequest(blueprint=plain, locks=(0,), seed=3))

    turns = [move for move in room.moves.values() if "turn" in move.name.lower()]
    names = {move.id for move in turns}
    assert len(names & set(ids(after))) > len(names & set(ids(unsaid)))


async def test_fields_that_a_person_has_overwritten_have_no_effect(
    room: Ballroom, before: Blueprint
) -> None:
    odd: dict[str, object] = {
        "difficulty": "dear",
        "seed": "x",
        "style": 3,
        "query": [],
        "energy_level": None,
    }
    edited = msgspec.structs.replace(before, generation_parameters=odd)

    after = await again(room, ReplanRequest(blueprint=edited, locks=(1,)))

    assert before.moves[1] in after.moves
    assert after.generation_parameters["seed"] == 0


async def test_a_locked_clip_need_not_be_in_the_library(room: Ballroom, before: Blueprint) -> None:
    mine = msgspec.structs.replace(before.moves[2], clip_id=None, video_path="clips/mine.mp4")
    edited = msgspec.structs.replace(before, moves=(*before.moves[:2], mine, *before.moves[3:]))

    after = await again(room, ReplanRequest(blueprint=edited, locks=(2,), seed=1))

    assert mine in after.moves
    assert "clips/mine.mp4" not in [m.video_path for m in after.moves if m != mine]


async def test_everything_that_is_wrong_is_named_with_its_place(
    room: Ballroom, before: Blueprint
) -> None:
    count, locked = len(before.moves), before.moves[0].clip_id or ""
    request = ReplanRequest(
        blueprint=before,
        locks=(0, count, 1, 1),
        chosen_moves=(ChosenMove(index=0, move_id="nobody"), ChosenMove(index=2, move_id=locked)),
        banned_moves=(locked, "nothing"),
    )

    wrong = await refused(room, request)

    assert wrong["$.locks[1]"] == (
        f"The Blueprint has {count} moves, so the last index is {count - 1}."
    )
    assert "named by $.locks[2]" in wrong["$.locks[3]"]
    assert "named by $.locks[0]" in wrong["$.chosen_moves[0].index"]
    assert "no move 'nobody'" in wrong["$.chosen_moves[0].move_id"]
    assert "banned by $.banned_moves[0]" in wrong["$.locks[0]"]
    assert "banned by $.banned_moves[0]" in wrong["$.chosen_moves[1].move_id"]
    assert "no move 'nothing'" in wrong["$.banned_moves[1]"]


async def test_a_locked_move_whose_clip_is_unusable_is_named(
    room: Ballroom, before: Blueprint
) -> None:
    move_id = before.moves[2].clip_id or ""
    await room.library.moves.mark_unusable(room.moves[move_id], "It is cut off.")

    wrong = await refused(room, ReplanRequest(blueprint=before, locks=(2,)))

    assert wrong["$.locks[0]"].endswith("It is cut off.")


async def test_a_chosen_move_that_does_not_fit_is_named(room: Ballroom, before: Blueprint) -> None:
    short = msgspec.structs.replace(room.moves["golpes"], id="short", duration=1.0, beats=())
    await room.library.moves.add(short)
    request = ReplanRequest(blueprint=before, chosen_moves=(ChosenMove(index=4, move_id="short"),))

    wrong = await refused(room, request)

    assert list(wrong) == ["$.chosen_moves[0].move_id"]
    assert "does not fit" in wrong["$.chosen_moves[0].move_id"]


async def test_a_song_that_cannot_be_danced_to_is_refused(
    room: Ballroom, before: Blueprint
) -> None:
    unknown = msgspec.structs.replace(before, audio_path="songs/unknown")
    with pytest.raises(SongNotFound, match="songs/unknown"):
        await again(room, ReplanRequest(blueprint=unknown))

    silent = Analysis(
        tempo=0, beats=(), ones=(), sections=(), duration=70, analyzed_by="x", confidence=0.1
    )
    await room.library.songs.keep_analysis(SONG, silent)
    with pytest.raises(NoBeatsDetected):
        await again(room, ReplanRequest(blueprint=before))

    song = await room.library.songs.get(SONG)
    await room.library.songs.mark_unusable(song, "It is cut off.")
    with pytest.raises(MediaNotFound):
        await again(room, ReplanRequest(blueprint=before))


async def test_a_transition_into_a_locked_move_that_became_too_long_is_refused(
    room: Ballroom, before: Blueprint
) -> None:
    output = msgspec.structs.replace(before.output_config, transition_duration=2.0)
    moves = [
        msgspec.structs.replace(move, transition_type=Transition.CROSSFADE) for move in before.moves
    ]
    edited = msgspec.structs.replace(before, moves=tuple(moves), output_config=output)
    for seed in range(6):
        try:
            after = await again(room, ReplanRequest(blueprint=edited, locks=(4,), seed=seed))
        except BlueprintRejected as rejected:
            assert "transition" in rejected.violations[0].path
        else:
            rules.check(after)
