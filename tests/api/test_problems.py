"""Every error is one kind of document, with a status by its kind and nothing of our insides."""

import asyncio
import errno
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from domain.rendering.assembly import State
from domain.shared.errors import (
    DiskFull,
    DiskReadOnly,
    FFmpegFailed,
    FFmpegMissing,
    FilmFlawed,
    NotReady,
    StorageFailed,
)
from entrypoints.ports import Ports
from tests.api.memory_backend import (
    ASSEMBLE,
    GENERATE,
    Lines,
    MemoryBackend,
    document,
    failing,
    problem_of,
)

pytestmark = pytest.mark.anyio

Trouble = Callable[[Ports], Ports]


@asynccontextmanager
async def troubled(root: Path, trouble: Trouble, **settings: Any) -> AsyncGenerator[Any]:
    """A service whose ports are in trouble, and a client of it."""
    backend = MemoryBackend(root)
    backend.settings = msgspec.structs.replace(backend.settings, **settings)
    await backend.furnish()
    backend.ports = trouble(backend.ports)
    async with backend.client() as client:
        yield backend, client


async def test_a_missing_clip_is_named_by_its_storage_path(client: httpx.AsyncClient) -> None:
    body = document(("clips/a.mp4", "clips/nowhere.mp4"))

    problem = problem_of(await client.post(ASSEMBLE, json=body), 404)

    assert problem["code"] == "media-not-found"
    assert problem["stage"] == "fetching"
    assert "'clips/nowhere.mp4'" in problem["error"]


async def test_a_missing_song_file_is_named_by_its_storage_path(client: httpx.AsyncClient) -> None:
    problem = problem_of(
        await client.post(ASSEMBLE, json={**document(), "audio_path": "songs/nowhere"}), 404
    )

    assert problem["stage"] == "fetching"
    assert "'songs/nowhere'" in problem["error"]


async def test_a_song_that_is_not_in_the_library_is_not_found(client: httpx.AsyncClient) -> None:
    problem = problem_of(await client.post(GENERATE, json={"song_id": "nobody"}), 404)

    assert problem["code"] == "song-not-found"
    assert problem["stage"] == "planning"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (f"/api/videos/{UUID(int=1)}/stream", "video-not-found"),
        (f"/api/choreography/{UUID(int=1)}/blueprint", "task-not-found"),
        ("/api/videos/not-a-uuid/stream", "no-such-route"),
        ("/api/choreography/not-a-uuid/blueprint", "no-such-route"),
        ("/api/nothing", "no-such-route"),
        ("/schema/nothing", "no-such-route"),
        ("/nowhere", "no-such-route"),
        ("/api/songs/%2e%2e/%2e%2e/etc/passwd", "no-such-route"),
    ],
)
async def test_what_is_not_there_is_not_found(
    client: httpx.AsyncClient, address: str, code: str
) -> None:
    assert problem_of(await client.get(address), 404)["code"] == code


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", GENERATE),
        ("PUT", ASSEMBLE),
        ("DELETE", "/api/songs"),
        ("POST", "/api/moves/move-1"),
        ("POST", "/health/live"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(
    client: httpx.AsyncClient, method: str, address: str
) -> None:
    answer = await client.request(method, address)

    assert problem_of(answer, 405)["code"] == "method-not-allowed"
    assert {"GET", "POST"} & set(answer.headers["allow"].split(", "))


async def test_a_task_is_assembled_once(client: httpx.AsyncClient) -> None:
    body = document()
    assert (await client.post(ASSEMBLE, json=body)).status_code == 200

    problem = problem_of(await client.post(ASSEMBLE, json=body), 409)

    assert problem["code"] == "task-taken"


async def test_no_film_is_overwritten(client: httpx.AsyncClient, backend: MemoryBackend) -> None:
    first, second = document(), document()
    assert (await client.post(ASSEMBLE, json=first)).status_code == 200
    path = first["output_config"]["output_path"]
    second["output_config"]["output_path"] = path
    before = backend.storage.objects[path]

    problem = problem_of(await client.post(ASSEMBLE, json=second), 409)

    assert problem["code"] == "media-taken"
    assert repr(path) in problem["error"]
    assert backend.storage.objects[path] is before


async def test_a_short_clip_is_named_with_both_lengths(
    client: httpx.AsyncClient,
) -> None:
    body = document()
    body["moves"][1]["trim_start"] = 9.5

    problem = problem_of(await client.post(ASSEMBLE, json=body), 400)

    assert problem["code"] == "clip-too-short"
    assert "'clips/b.mp4'" in problem["error"]
    assert "10.000 s" in problem["error"]
    assert "11.500 s" in problem["error"]


async def test_a_missing_ffmpeg_is_ours_and_says_what_to_install(tmp_path: Path) -> None:
    def trouble(ports: Ports) -> Ports:
        return replace(ports, clips=failing(ports.clips, normalise=FFmpegMissing()))

    async with troubled(tmp_path, trouble) as (_, client):
        problem = problem_of(await client.post(ASSEMBLE, json=document()), 500)

    assert problem["code"] == "ffmpeg-missing"
    assert "apt install ffmpeg" in problem["error"]
    assert problem["stage"] == "concatenating"


async def test_a_failed_ffmpeg_is_quoted(tmp_path: Path) -> None:
    last = "Error while filtering: Invalid argument\nConversion failed!"

    def trouble(ports: Ports) -> Ports:
        return replace(ports, encoder=failing(ports.encoder, add_audio=FFmpegFailed(details=last)))

    async with troubled(tmp_path, trouble) as (backend, client):
        body = document()
        problem = problem_of(await client.post(ASSEMBLE, json=body), 500)

        assert problem["code"] == "ffmpeg-failed"
        assert problem["details"] == last
        assert problem["stage"] == "adding_audio"
        assert backend.final(UUID(body["task_id"])).state is State.FAILED
        assert backend.left_behind() == []


@pytest.mark.parametrize(
    ("port", "method", "error", "status", "code", "stage"),
    [
        ("encoder", "inspect", FilmFlawed(), 500, "film-flawed", "adding_audio"),
        ("storage", "put", StorageFailed(), 500, "storage-failed", "uploading"),
        ("storage", "fetch", StorageFailed(), 500, "storage-failed", "fetching"),
        ("storage", "put", DiskFull(), 507, "disk-full", "uploading"),
        ("storage", "put", OSError(errno.ENOSPC, "full"), 507, "disk-full", "uploading"),
        ("clips", "normalise", OSError(errno.EDQUOT, "full"), 507, "disk-full", "concatenating"),
        ("clips", "normalise", DiskReadOnly(), 507, "disk-read-only", "concatenating"),
        ("jobs", "submit", NotReady(), 503, "not-ready", None),
        ("blueprints", "keep", NotReady(), 503, "not-ready", "pending"),
    ],
)
async def test_a_failure_of_ours_has_its_own_status(
    tmp_path: Path,
    port: str,
    method: str,
    error: Exception,
    status: int,
    code: str,
    stage: str | None,
) -> None:
    def trouble(ports: Ports) -> Ports:
        changes: Any = {port: failing(getattr(ports, port), **{method: error})}
        return replace(ports, **changes)

    async with troubled(tmp_path, trouble) as (backend, client):
        answer = await client.post(ASSEMBLE, json=document())

        problem = problem_of(answer, status)
        assert (problem["code"], problem["stage"]) == (code, stage)
        assert ("retry-after" in answer.headers) == (status == 503)
        assert backend.left_behind() == []


async def test_a_database_out_of_reach_is_told_on_every_route(tmp_path: Path) -> None:
    down = NotReady("The database cannot be reached.")

    def trouble(ports: Ports) -> Ports:
        return replace(
            ports,
            tasks=failing(ports.tasks, add=down, get=down, update=down, ready=down),
            songs=failing(ports.songs, page=down, find=down, get=down),
            moves=failing(ports.moves, page=down, find=down, get=down),
        )

    async with troubled(tmp_path, trouble) as (_, client):
        answers = [
            await client.post(GENERATE, json={"song_id": "song"}),
            await client.post(ASSEMBLE, json=document()),
            await client.get("/api/songs"),
            await client.get("/api/moves"),
            await client.get(f"/api/videos/{uuid4()}/stream"),
            await client.get(f"/api/choreography/{uuid4()}/blueprint"),
        ]
        for answer in answers:
            assert problem_of(answer, 503)["error"] == str(down)
        health = await client.get("/health/ready")
        assert (await client.get("/health/live")).json() == {"alive": True}

    assert health.status_code == 503
    assert health.json()["ready"] is False
    assert health.json()["parts"]["database"] == {"ready": False, "detail": str(down)}
    assert health.json()["parts"]["encoder"]["ready"] is True


@pytest.mark.parametrize("route", [ASSEMBLE, GENERATE])
async def test_work_that_is_over_time_is_stopped(tmp_path: Path, route: str) -> None:
    class Endless:
        def __init__(self, below: object) -> None:
            self._below = below

        def __getattr__(self, name: str) -> Any:
            return getattr(self._below, name)

        async def concatenate(self, *_: object) -> None:
            await asyncio.Event().wait()

    def trouble(ports: Ports) -> Ports:
        return replace(ports, encoder=cast(Any, Endless(ports.encoder)))

    body = {"song_id": "song"} if route == GENERATE else document()
    async with troubled(tmp_path, trouble, assembly_timeout=1.5) as (backend, client):
        problem = problem_of(await client.post(route, json=body), 504)

        assert problem["code"] == "assembly-timed-out"
        assert problem["stage"] == "concatenating"
        [task_id] = backend.tasks.history
        assert backend.final(task_id).state is State.FAILED
        assert backend.left_behind() == []


async def test_a_bug_is_logged_with_its_trace_and_told_to_nobody(
    tmp_path: Path, lines: Lines
) -> None:
    reason = "postgres://user:password@/home/somebody/file"

    def trouble(ports: Ports) -> Ports:
        return replace(ports, songs=failing(ports.songs, page=RuntimeError(reason)))

    async with troubled(tmp_path, trouble) as (_, client):
        answer = await client.get("/api/songs")

    problem = problem_of(answer, 500)
    assert problem["code"] == "internal-error"
    assert problem["details"] is None
    assert not any(word in answer.text for word in ("password", "Traceback", "RuntimeError", ".py"))
    [line] = [line for line in lines() if line["event"] == "unhandled"]
    assert line["request_id"] == problem["request_id"]
    assert "RuntimeError" in json.dumps(line["exception"])
    assert reason not in json.dumps(line)
    assert "browse.py" in json.dumps(line["exception"])


async def test_a_trace_names_places_and_no_values(tmp_path: Path, lines: Lines) -> None:
    private = "Bearer not-for-the-log"

    def trouble(ports: Ports) -> Ports:
        return replace(ports, songs=failing(ports.songs, page=RuntimeError()))

    async with troubled(tmp_path, trouble) as (_, client):
        await client.get("/api/songs", headers={"Authorization": private})

    [line] = [line for line in lines() if line["event"] == "unhandled"]
    assert private not in json.dumps(line)
