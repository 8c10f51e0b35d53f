"""The whole library is prepared over HTTP: one request, its progress, its report, its end."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
import msgspec
import pytest
from anyio.lowlevel import checkpoint

from adapters.memory import encoder as files
from application.library.library_jobs import Preparation
from domain.shared.errors import UnreadableMedia
from entrypoints.settings import Settings
from tests.api.memory_backend import GENERATE, MemoryBackend, paths_of, problem_of
from tests.api.test_callers import ANA, BRUNO, registered, settings
from tests.api.test_task_events import events_of
from tests.world.faulty import FaultyEncoder
from tests.world.watched import IdleQueue

pytestmark = pytest.mark.anyio

PREPARE = "/api/library/prepare"
DAMAGED = "The clip is damaged."
LIMIT = 30.0


@pytest.fixture
def encoder() -> FaultyEncoder:
    return FaultyEncoder()


@pytest.fixture
async def backend(tmp_path: Path, encoder: FaultyEncoder) -> MemoryBackend:
    service = MemoryBackend(tmp_path, Settings(allowed_hosts="backend"))
    service.ports = replace(service.ports, clips=encoder, encoder=encoder)
    await service.furnish()
    return service


@pytest.fixture
async def client(backend: MemoryBackend) -> AsyncGenerator[httpx.AsyncClient]:
    async with backend.client() as opened:
        yield opened


async def asked(client: httpx.AsyncClient, **said: Any) -> dict[str, Any]:
    answer = await client.post(PREPARE, json=said)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == answer.json()["events_url"]
    return answer.json()


async def ended(client: httpx.AsyncClient, preparation: dict[str, Any]) -> list[Any]:
    async with asyncio.timeout(LIMIT):
        answer = await client.get(preparation["events_url"])
    assert answer.status_code == 200, answer.text
    return events_of(answer.text)


async def test_every_song_and_clip_is_prepared_and_the_result_says_which_failed(
    client: httpx.AsyncClient, encoder: FaultyEncoder
) -> None:
    moves = (await client.get("/api/moves", params={"limit": 200})).json()["items"]
    encoder.faults[moves[0]["video_path"]] = UnreadableMedia(DAMAGED)
    events = await ended(client, await asked(client))
    assert [each[1] for each in events[-2:]] == ["progress", "result"]
    told = [data["progress"] for _, name, data in events if name == "progress"]
    assert told == sorted(told)
    assert told[-1] == 100
    [failure] = events[-1][2].pop("failures")
    assert failure == {
        "item": f"moves/{moves[0]['id']}",
        "code": "unreadable-media",
        "message": DAMAGED,
    }
    assert events[-1][2] == {
        "total": len(moves) + 1,
        "prepared": len(moves),
        "failed": 1,
        "removed": 0,
        "cancelled": 0,
    }
    marked = (await client.get(f"/api/moves/{moves[0]['id']}")).json()
    assert marked["unusable"] == DAMAGED


async def test_clips_are_encoded_in_the_picture_that_is_asked_for(
    client: httpx.AsyncClient, encoder: FaultyEncoder
) -> None:
    sizes: list[tuple[int, int, int]] = []
    plain = encoder.normalise

    async def normalise(cut: Any, files: Any, output: Any, into: Path) -> Any:
        sizes.append((output.width, output.height, output.frame_rate))
        return await plain(cut, files, output, into)

    cast(Any, encoder).normalise = normalise
    picture = {"width": 640, "height": 360, "frame_rate": 60}
    await ended(client, await asked(client, picture=picture))
    assert set(sizes) == {(640, 360, 60)}


async def test_a_song_without_an_analysis_gets_one_unless_nobody_wants_it(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    song = (await client.get("/api/songs")).json()["items"][0]["id"]
    found = await backend.library.songs.get(song)
    path = "songs/other"
    backend.storage.objects[path] = backend.storage.objects[found.audio_path]
    await backend.library.songs.remove(song)
    await backend.library.songs.add(msgspec.structs.replace(found, audio_path=path))
    await ended(client, await asked(client, analyse=False))
    assert await backend.library.songs.analysis(song) is None
    await ended(client, await asked(client))
    assert await backend.library.songs.analysis(song) is not None


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"picture": {"width": 17}}, "$.picture.width"),
        ({"picture": {"frame_rate": 31}}, "$.picture.frame_rate"),
        ({"colour": "red"}, "$.colour"),
    ],
)
async def test_a_picture_that_no_film_can_have_is_refused(
    client: httpx.AsyncClient, said: dict[str, Any], path: str
) -> None:
    problem = problem_of(await client.post(PREPARE, json=said), 400)
    assert paths_of(problem) == {path}


async def test_the_same_request_returns_the_same_preparation_until_it_has_ended(
    backend: MemoryBackend,
) -> None:
    backend.ports = replace(backend.ports, job_queue=IdleQueue())
    async with backend.client() as client:
        first, second = await asked(client), await asked(client)
        assert first == second
        other = await asked(client, picture={"width": 640})
        assert other["job_id"] != first["job_id"]
        cancelled = await client.post(f"{PREPARE}/{first['job_id']}/cancel")
        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
        assert (await asked(client))["job_id"] != first["job_id"]
        again = await client.post(f"{PREPARE}/{first['job_id']}/cancel")
        assert problem_of(again, 409)["code"] == "job-ended"
        events = await ended(client, first)
        assert (events[-1][1], events[-1][2]["code"]) == ("problem", "job-cancelled")


async def test_too_many_preparations_are_refused_and_films_are_not(backend: MemoryBackend) -> None:
    backend.ports = replace(backend.ports, job_queue=IdleQueue())
    async with backend.client() as client:
        for width in (16, 18, 20, 22):
            await asked(client, picture={"width": width})
        answer = await client.post(PREPARE, json={})
        assert problem_of(answer, 503)["code"] == "service-full"
        song = (await client.get("/api/songs")).json()["items"][0]["id"]
        film = await client.post(
            GENERATE, json={"song_id": song}, headers={"Prefer": "respond-async"}
        )
        assert film.status_code == 202


async def test_a_film_is_made_while_the_library_is_prepared(
    backend: MemoryBackend, encoder: FaultyEncoder
) -> None:
    held, go_on = asyncio.Event(), asyncio.Event()
    plain = encoder.encode_sound

    async def encode_sound(*given: Any) -> Any:
        if not held.is_set():
            held.set()
            await go_on.wait()
        return await plain(*given)

    async with backend.client() as client:
        cast(Any, encoder).encode_sound = encode_sound
        preparation = await asked(client)
        async with asyncio.timeout(LIMIT):
            await held.wait()
            song = (await client.get("/api/songs")).json()["items"][0]["id"]
            assert (await client.post(GENERATE, json={"song_id": song})).status_code == 200
            go_on.set()
            assert (await ended(client, preparation))[-1][1] == "result"


async def test_the_events_of_an_unknown_preparation_and_of_a_film_are_not_found(
    client: httpx.AsyncClient,
) -> None:
    song = (await client.get("/api/songs")).json()["items"][0]["id"]
    film = (await client.post(GENERATE, json={"song_id": song})).json()["task_id"]
    for job_id in (uuid4(), film):
        answer = await client.get(f"{PREPARE}/{job_id}/events")
        assert problem_of(answer, 404)["code"] == "task-not-found"
        answer = await client.post(f"{PREPARE}/{job_id}/cancel")
        assert problem_of(answer, 404)["code"] == "job-not-found"


async def test_everybody_sees_a_preparation_and_administrators_alone_begin_and_cancel_it(
    tmp_path: Path,
) -> None:
    backend = MemoryBackend(tmp_path, settings(registration="open"))
    backend.ports = replace(backend.ports, job_queue=IdleQueue())
    async with backend.opened() as app:
        await app.state.use_cases.prepare_library(Preparation(), "somebody")
        async with _client(app) as client:
            admin, user = await registered(client, ANA), await registered(client, BRUNO)
            answer = await client.post(PREPARE, json={}, headers=admin)
            assert answer.status_code == 202
            url, job_id = answer.json()["events_url"], answer.json()["job_id"]
            assert (await client.post(PREPARE, json={}, headers=user)).status_code == 403
            cancel = f"{PREPARE}/{job_id}/cancel"
            assert (await client.post(cancel, headers=user)).status_code == 403
            assert (await client.post(cancel, headers=admin)).status_code == 200
            for reader in (admin, user):
                async with asyncio.timeout(LIMIT):
                    events = await client.get(url, headers=reader)
                assert json.loads(events.text.split("data: ")[-1])["code"] == "job-cancelled"


async def test_an_upload_is_prepared_after_a_crash(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    working, idle = backend.ports.job_queue, IdleQueue()
    backend.ports = replace(backend.ports, job_queue=idle)
    async with backend.client() as client:
        clip = files.clip("New", 240, 30)
        answer = await client.post(
            "/api/moves", data={"name": "New"}, files={"file": ("a.mp4", clip)}
        )
        assert answer.status_code == 201, answer.text
    encoder = FaultyEncoder()
    encoder.faults["clips/new"] = UnreadableMedia(DAMAGED)
    backend.ports = replace(backend.ports, clips=encoder, encoder=encoder, job_queue=working)
    async with backend.client() as client, asyncio.timeout(LIMIT):
        while (await client.get("/api/moves/new")).json()["unusable"] != DAMAGED:
            await checkpoint()


def _client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://backend")
