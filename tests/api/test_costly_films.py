"""Films that take more work than is allowed are refused before anything is done for them."""

from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from domain.blueprint.model import Blueprint
from domain.rendering.assembly import Assembly, State
from domain.shared.paths import film
from tests.api.memory_backend import ASSEMBLE, GENERATE, MemoryBackend, document, problem_of
from tests.world.studio import blueprint

pytestmark = pytest.mark.anyio


def costly() -> dict[str, Any]:
    """Ten hours of 2,000 cuts with 2,000 crossfades at 4K60."""
    body = document()
    first = body["moves"][0]
    body.pop("total_duration")
    body["moves"] = [
        {
            **first,
            "start_time": 18.0 * index,
            "duration": 18.0,
            "trim_start": index / 100,
            "transition_type": "crossfade",
        }
        for index in range(2000)
    ]
    body["output_config"] |= {"width": 3840, "height": 2160, "frame_rate": 60}
    return body


async def test_a_costly_film_is_refused_with_every_limit_and_nothing_is_done(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    body = costly()
    before = dict(backend.storage.objects)

    problem = problem_of(await client.post(ASSEMBLE, json=body), 400)

    assert problem["code"] == "blueprint-rejected"
    assert problem["stage"] == "validation"
    text = " ".join(each["message"] for each in problem["details"])
    for part in (
        "BACHATA_MAX_FILM_SECONDS is 3,600 s",
        "36,000.0 s",
        "BACHATA_MAX_ENCODED_MINUTES is 120",
        "3840x2160",
    ):
        assert part in text
    assert UUID(body["task_id"]) not in backend.tasks.history
    assert backend.storage.objects == before


@pytest.mark.parametrize("field", ["max_film_seconds", "max_film_mb"])
async def test_a_planned_film_is_held_to_the_same_limits(tmp_path: Path, field: str) -> None:
    backend = MemoryBackend(tmp_path)
    backend.settings = msgspec.structs.replace(backend.settings, **{field: 1})
    await backend.furnish()
    async with backend.client() as client:
        songs = (await client.get("/api/songs")).json()["items"]
        problem = problem_of(await client.post(GENERATE, json={"song_id": songs[0]["id"]}), 400)

    assert problem["code"] == "blueprint-rejected"
    assert f"BACHATA_{field.upper()} is 1" in problem["details"][0]["message"]
    (history,) = backend.tasks.history.values()
    assert history[-1].state is State.FAILED
    assert backend.left_behind() == []


async def test_the_preview_of_a_costly_film_is_refused(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    body = msgspec.convert(costly(), Blueprint)
    now = backend.ports.clock.now()
    task = Assembly(task_id=body.task_id, owner="local", created_at=now, updated_at=now)
    await backend.ports.tasks.add(task)
    await backend.ports.blueprints.keep(body)

    problem = problem_of(await client.get(f"/api/choreography/{body.task_id}/preview.m3u8"), 400)

    assert "BACHATA_MAX_FILM_SECONDS" in problem["details"][0]["message"]


async def test_clips_that_are_longer_than_was_said_count_as_long_as_they_are(
    tmp_path: Path,
) -> None:
    backend = MemoryBackend(tmp_path)
    backend.settings = msgspec.structs.replace(backend.settings, max_encoded_minutes=1)
    await backend.furnish()
    body = document()
    # Three clips of ten seconds are encoded whole, at 3.3 times the pixels a second: 100 s of an
    # ordinary film. The Blueprint uses up to four seconds of each.
    body["output_config"] |= {"width": 2560, "height": 1440, "frame_rate": 25}
    async with backend.client() as client:
        problem = problem_of(await client.post(ASSEMBLE, json=body), 400)

    assert problem["stage"] == "fetching"
    assert "BACHATA_MAX_ENCODED_MINUTES is 1." in problem["details"][0]["message"]
    assert backend.final(UUID(body["task_id"])).state is State.FAILED
    assert backend.left_behind() == []


async def test_a_film_that_the_disk_has_no_room_for_is_507(
    backend: MemoryBackend, client: httpx.AsyncClient
) -> None:
    task_id = UUID(int=1)
    body = msgspec.json.decode(msgspec.json.encode(blueprint(task_id, ["clips/a.mp4"])))
    body["output_config"]["output_path"] = film("local", task_id)
    backend.workspace.room = 500_000
    try:
        problem = problem_of(await client.post(ASSEMBLE, json=body), 507)
    finally:
        backend.workspace.room = 10**12

    assert problem["code"] == "disk-full"
    assert "needs 1 MB" in problem["error"]
    assert "0 MB are free" in problem["error"]
    assert backend.left_behind() == []
