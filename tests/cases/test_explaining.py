"""Why a dance is as it is."""

from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from application.planning.choreography_request import ChoreographyRequest
from domain.blueprint.model import Blueprint
from domain.library.songs import Analysis
from domain.planning.metrics import Quality
from domain.planning.planner import LockedMove
from domain.shared.result_warnings import ResultWarning, WarningCode
from tests.world.planning import Ballroom, ballroom

pytestmark = pytest.mark.anyio

SONG = "luna-de-humo"
ODD: list[dict[str, object]] = [{}, {"costs": 3}, {"cost": "dear"}, {"alternatives": [0]}]


@pytest.fixture
async def room(tmp_path: Path) -> Ballroom:
    return await ballroom(tmp_path)


async def planned(room: Ballroom, **more: object) -> Blueprint:
    request = msgspec.convert({"song_id": SONG, **more}, ChoreographyRequest)
    return (await room.planned(request)).blueprint


async def test_every_move_is_told_with_its_reason(room: Ballroom) -> None:
    blueprint = await planned(room, difficulty="beginner")
    explanation = await room.explain(blueprint)
    assert explanation.song is not None
    assert explanation.song.id == SONG
    for explained, move in zip(explanation.moves, blueprint.moves, strict=True):
        assert move.reason is not None
        assert explained.name == room.moves[move.clip_id or ""].name
        assert (explained.start_time, explained.playback_rate) == (
            move.start_time,
            move.playback_rate,
        )
        assert (explained.cost, explained.costs) == (move.reason["cost"], move.reason["costs"])
        assert list(msgspec.to_builtins(explained.alternatives)) == move.reason["alternatives"]
    written = blueprint.generation_parameters["warnings"]
    assert msgspec.to_builtins(list(explanation.warnings)) == written


async def test_a_move_is_told_with_the_position_it_can_be_locked_to(room: Ballroom) -> None:
    explanation = await room.explain(await planned(room))
    explained = explanation.moves[3]
    assert explained.position is not None
    lock = LockedMove(position=explained.position, move_id="golpes")
    again = await room.explain(await planned(room, locked_moves=[msgspec.to_builtins(lock)]))
    [locked] = [move for move in again.moves if move.position == explained.position]
    assert (locked.move_id, locked.start_time) == ("golpes", explained.start_time)


async def test_the_quality_of_a_dance_that_nobody_changed_is_as_it_was_planned(
    room: Ballroom,
) -> None:
    blueprint = await planned(room, difficulty="intermediate")
    explanation = await room.explain(blueprint)
    planned_as = msgspec.convert(blueprint.generation_parameters["quality"], Quality)
    assert explanation.quality == planned_as
    shortened = (await room.described("thirty seconds", song_id=SONG)).blueprint
    assert shortened.total_duration == pytest.approx(30, abs=3)
    explained = await room.explain(shortened)
    assert msgspec.to_builtins(explained.quality) == shortened.generation_parameters["quality"]


async def test_a_dance_that_somebody_edited_is_measured_as_it_is_now(room: Ballroom) -> None:
    blueprint = await planned(room)
    late = tuple(
        msgspec.structs.replace(move, trim_start=move.trim_start + 0.2, reason=None)
        for move in blueprint.moves
    )
    explanation = await room.explain(msgspec.structs.replace(blueprint, moves=late))
    assert explanation.quality is not None
    assert explanation.quality.steps_on_the_beat < 0.1
    assert {(move.cost, move.alternatives) for move in explanation.moves} == {(None, ())}


@pytest.mark.parametrize("reason", ODD)
async def test_a_reason_that_is_none_is_left_out(room: Ballroom, reason: dict[str, object]) -> None:
    blueprint = await planned(room)
    odd = tuple(msgspec.structs.replace(move, reason=reason) for move in blueprint.moves)
    parameters = {"quality": "good", "warnings": 7}
    edited = msgspec.structs.replace(blueprint, moves=odd, generation_parameters=parameters)
    explanation = await room.explain(edited)
    assert {(move.cost, len(move.costs)) for move in explanation.moves} == {(None, 0)}
    assert explanation.warnings == ()
    assert explanation.quality is not None


async def test_warnings_of_an_earlier_version_are_told_without_a_code_of_their_own(
    room: Ballroom,
) -> None:
    blueprint = await planned(room)
    earlier = {**blueprint.generation_parameters, "degradations": ["Few moves."]}
    del earlier["warnings"]
    older_blueprint = msgspec.structs.replace(blueprint, generation_parameters=earlier)
    explanation = await room.explain(older_blueprint)
    assert explanation.warnings == (ResultWarning(WarningCode.UNCODED, "Few moves."),)


async def test_of_what_is_not_in_the_library_only_what_is_written_is_told(
    room: Ballroom,
) -> None:
    blueprint = await planned(room)
    elsewhere = msgspec.structs.replace(blueprint, task_id=uuid4(), audio_path="songs/elsewhere")
    explanation = await room.explain(elsewhere)
    assert explanation.song is None
    assert {move.position for move in explanation.moves} == {None}
    measures = blueprint.generation_parameters["quality"]
    assert msgspec.to_builtins(explanation.quality) == measures
    moves = (msgspec.structs.replace(blueprint.moves[0], clip_id="gone"), *blueprint.moves[1:])
    explanation = await room.explain(msgspec.structs.replace(blueprint, moves=moves))
    assert explanation.moves[0].name == "gone"
    assert msgspec.to_builtins(explanation.quality) == measures
    bare = msgspec.structs.replace(elsewhere, generation_parameters={})
    assert (await room.explain(bare)).quality is None


async def test_a_song_whose_file_is_gone_is_no_hindrance(room: Ballroom) -> None:
    blueprint = await planned(room)
    song = await room.library.songs.get(SONG)
    await room.library.songs.add(
        msgspec.structs.replace(song, id="unheard", audio_path="songs/unheard")
    )
    explanation = await room.explain(msgspec.structs.replace(blueprint, audio_path="songs/unheard"))
    assert explanation.song is not None
    assert explanation.quality is not None


async def test_a_song_in_which_no_beat_is_heard_has_no_positions(room: Ballroom) -> None:
    blueprint = await planned(room)
    silent = Analysis(
        tempo=0, beats=(), ones=(), sections=(), duration=70, analyzed_by="test", confidence=0
    )
    await room.library.songs.keep_analysis(SONG, silent)
    explanation = await room.explain(blueprint)
    assert {move.position for move in explanation.moves} == {None}
