"""Songs and moves are removed with their files; films that were made of them stay."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import httpx
import msgspec
import pytest

from domain.shared.errors import StorageFailed
from tests.api.memory_backend import (
    ASSEMBLE,
    GENERATE,
    MemoryBackend,
    failing,
    folder_of,
    problem_of,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def place(tmp_path_factory: pytest.TempPathFactory) -> MemoryBackend:
    memory_backend = MemoryBackend(tmp_path_factory.mktemp("place"))
    await memory_backend.furnish()
    return memory_backend


@pytest.fixture
async def guest(place: MemoryBackend) -> AsyncGenerator[httpx.AsyncClient]:
    async with place.client() as client:
        yield client


async def test_a_move_goes_with_its_clip_and_what_finds_it(
    guest: httpx.AsyncClient, place: MemoryBackend
) -> None:
    clip = (await guest.get("/api/moves/move-2")).json()["video_path"]
    answer = await guest.delete("/api/moves/move-2")

    assert (answer.status_code, answer.content) == (204, b"")
    assert clip not in place.storage.objects
    assert "move-2" not in {e.move.id for e in (await place.ports.embeddings.page(None, 9)).items}
    listed = {move["id"] for move in (await guest.get("/api/moves")).json()["items"]}
    assert listed == {f"move-{number}" for number in (0, 1, 3, 4, 5, 6)}
    for again in ("/api/moves/move-2", "/api/moves/nobody"):
        assert problem_of(await guest.delete(again), 404)["code"] == "move-not-found"


async def test_a_song_goes_with_its_file_and_what_was_heard(
    guest: httpx.AsyncClient, place: MemoryBackend
) -> None:
    sound = (await guest.get("/api/songs/song")).json()["audio_path"]

    assert (await guest.delete("/api/songs/song")).status_code == 204
    assert sound not in place.storage.objects
    assert problem_of(await guest.get("/api/songs/song/analysis"), 404)
    assert problem_of(await guest.delete("/api/songs/song"), 404)["code"] == "song-not-found"
    assert problem_of(await guest.post(GENERATE, json={"song_id": "song"}), 404)


async def test_a_film_outlives_what_it_was_made_of_but_not_its_preview(
    guest: httpx.AsyncClient,
) -> None:
    film = (await guest.post(GENERATE, json={"song_id": "song"})).json()
    before = (await guest.get(film["video_url"])).content
    blueprint = (await guest.get(film["blueprint_url"])).json()
    for move in (await guest.get("/api/moves")).json()["items"]:
        assert (await guest.delete(f"/api/moves/{move['id']}")).status_code == 204

    assert (await guest.get(film["video_url"])).content == before
    assert (await guest.get(film["blueprint_url"])).json() == blueprint
    folder = await folder_of(guest, film["task_id"])
    assert problem_of(await guest.get(f"{folder}/picture/0.m4s"), 404)["code"] == "media-not-found"


async def test_a_film_that_has_lost_a_clip_names_it(guest: httpx.AsyncClient) -> None:
    film = (await guest.post(GENERATE, json={"song_id": "song"})).json()
    blueprint = (await guest.get(film["blueprint_url"])).json()
    lost = blueprint["moves"][0]
    await guest.delete(f"/api/moves/{lost['clip_id']}")
    new = "11111111-1111-4111-8111-111111111111"
    blueprint["task_id"] = new
    blueprint["output_config"]["output_path"] = f"output/user_local/{new}.mp4"

    problem = problem_of(await guest.post(ASSEMBLE, json=blueprint), 404)

    assert problem["code"] == "media-not-found"
    assert lost["video_path"] in problem["error"]


async def test_a_file_that_another_move_is_too_stays(
    guest: httpx.AsyncClient, place: MemoryBackend
) -> None:
    move = await place.library.moves.get("move-0")
    await place.library.moves.add(msgspec.structs.replace(move, id="twin"))
    await guest.delete("/api/moves/move-0")
    assert move.video_path in place.storage.objects
    await guest.delete("/api/moves/twin")
    assert move.video_path not in place.storage.objects


async def test_of_many_who_remove_a_move_one_does(guest: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(guest.delete("/api/moves/move-0") for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404, 404]


async def test_a_move_is_gone_though_its_file_cannot_be_deleted(place: MemoryBackend) -> None:
    trouble = StorageFailed("The disk is gone.")
    place.ports = replace(place.ports, storage=failing(place.ports.storage, delete=trouble))
    async with place.client() as client:
        assert problem_of(await client.delete("/api/moves/move-0"), 500)["error"] == str(trouble)
        problem_of(await client.get("/api/moves/move-0"), 404)
