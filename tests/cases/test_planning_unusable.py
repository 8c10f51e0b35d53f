"""Moves of whose clips no film can be made are never danced."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory.description_model import MemoryDescriptionModel
from application.planning.choreography_request import ChoreographyRequest
from domain.planning.planner import LockedMove, Wish
from domain.shared.errors import InvalidRequest, NoMovesMatch
from domain.text_query.words import Asked
from tests.cases.test_shortlisting import COUNT, TEMPO, LargeLibrary, move
from tests.world.planning import Ballroom, ballroom

pytestmark = pytest.mark.anyio

SONG = ChoreographyRequest(song_id="luna-de-humo")
WHY = "The clip is damaged: it cannot be decoded to its end."


async def marked(room: Ballroom, *move_ids: str) -> None:
    for move_id in move_ids:
        assert await room.library.moves.mark_unusable(room.moves[move_id], WHY)


@given(data=st.data(), seed=st.integers(0, 5), described=st.booleans())
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_dance_and_none_of_its_alternatives_has_a_move_that_is_marked(
    tmp_path: Path, data: st.DataObject, seed: int, described: bool
) -> None:
    async def danced() -> None:
        room = await ballroom(tmp_path)
        unusable = data.draw(st.sets(st.sampled_from(sorted(room.moves)), max_size=30))
        await marked(room, *unusable)
        if described:
            dance = await room.described("slow and romantic", song_id=SONG.song_id, seed=seed)
        else:
            dance = await room.planned(msgspec.structs.replace(SONG, seed=seed))
        explained = await room.explain(dance.blueprint)
        ids = {each.clip_id for each in dance.blueprint.moves}
        ids |= {other.move_id for each in explained.moves for other in each.alternatives}
        assert not ids & unusable
        assert explained.quality == dance.quality

    asyncio.run(danced())


async def test_a_model_is_offered_no_move_that_is_marked(tmp_path: Path) -> None:
    request = Asked()
    plain = await ballroom(tmp_path, MemoryDescriptionModel(request, ["golpes"]))
    room = await ballroom(tmp_path, MemoryDescriptionModel(request, ["golpes"]))
    await marked(room, "golpes")
    for each, there in ((plain, True), (room, False)):
        dance = await each.described("anything", song_id=SONG.song_id)
        assert ("golpes" in {move.clip_id for move in dance.blueprint.moves}) is there


async def test_a_locked_move_that_is_marked_is_refused_by_name_and_reason(tmp_path: Path) -> None:
    room = await ballroom(tmp_path)
    await marked(room, "golpes")
    locks = (
        LockedMove(position=2, move_id="madrid"),
        LockedMove(position=4, move_id="golpes"),
        LockedMove(position=6, move_id="nobody"),
    )
    request = msgspec.structs.replace(SONG, locked_moves=locks, banned_moves=("golpes",))
    with pytest.raises(InvalidRequest) as refused:
        await room.planned(request)
    assert {each.path: each.message for each in refused.value.violations} == {
        "$.locked_moves[2].move_id": "There is no move 'nobody' in the library.",
        "$.locked_moves[1].move_id": (
            f"No film can be made of the clip of the move 'golpes': {WHY}"
        ),
    }


async def test_a_banned_move_may_be_marked(tmp_path: Path) -> None:
    room = await ballroom(tmp_path)
    await marked(room, "golpes")
    assert await room.planned(msgspec.structs.replace(SONG, banned_moves=("golpes",)))


async def test_a_library_without_a_usable_move_says_so(tmp_path: Path) -> None:
    room = await ballroom(tmp_path)
    await marked(room, *room.moves)
    with pytest.raises(NoMovesMatch, match="No film can be made of any clip"):
        await room.planned(SONG)
    for move_id in room.moves:
        await room.library.moves.remove(move_id)
    with pytest.raises(NoMovesMatch, match="no moves in the library"):
        await room.planned(SONG)


async def test_an_alternative_that_was_marked_since_is_told_of_no_more(tmp_path: Path) -> None:
    room = await ballroom(tmp_path)
    blueprint = (await room.planned(SONG)).blueprint
    before = await room.explain(blueprint)
    danced = {each.clip_id for each in blueprint.moves}
    others = {o.move_id for each in before.moves for o in each.alternatives} - danced
    gone, first = sorted(others)[0], blueprint.moves[0].clip_id or ""
    await marked(room, gone, first)
    after = await room.explain(blueprint)
    alternatives = {other.move_id for each in after.moves for other in each.alternatives}
    assert alternatives == {o.move_id for e in before.moves for o in e.alternatives} - {gone, first}
    assert [each.move_id for each in after.moves] == [each.move_id for each in before.moves]
    assert after.quality is not None


@pytest.mark.parametrize("many", [COUNT, 500])
async def test_no_shortlist_has_a_move_that_is_marked(tmp_path: Path, many: int) -> None:
    large_library = LargeLibrary(tmp_path, hears=False, many=many)
    await large_library.embed()
    locked = "m0008"
    wish = Wish(locked=(LockedMove(position=0, move_id=locked),), seed=3)
    plain = await large_library.ids(wish)
    unusable = {locked, *plain[: len(plain) // 2]}
    for each in unusable:
        assert await large_library.library.moves.mark_unusable(move(int(each[1:])), WHY)
    ids = await large_library.ids(wish)
    assert ids
    assert not set(ids) & unusable
    for each in ids:
        await large_library.library.moves.mark_unusable(move(int(each[1:])), WHY)
    assert not set(await large_library.ids(wish)) & {*ids, *unusable}


async def test_of_many_moves_all_marked_none_is_shortlisted(tmp_path: Path) -> None:
    large_library = LargeLibrary(tmp_path, hears=False)
    await large_library.embed()
    for number in range(COUNT):
        await large_library.library.moves.mark_unusable(move(number), WHY)
    assert await large_library.shortlist("song", TEMPO, Wish()) == ()
