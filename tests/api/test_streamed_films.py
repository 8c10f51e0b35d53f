"""Clients that accept server-sent events watch the film that they ask for."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar

from adapters.memory.encoder import MemoryEncoder
from application.concurrency.timeouts import Timeouts
from application.ports.footage import Footage
from application.ports.job_events import JobEvent
from application.ports.media_files import MediaFiles
from domain.blueprint.timeline import Soundtrack
from domain.jobs.job import JobState
from domain.rendering.assembly import State
from domain.shared.errors import FFmpegFailed
from entrypoints.settings import Settings
from tests.api.asgi import Exchange, Following
from tests.api.memory_backend import ASSEMBLE, FILM_KEYS, GENERATE, MemoryBackend, document, failing
from tests.api.test_task_events import events_of

pytestmark = pytest.mark.anyio

PATIENCE = 20.0
SHORT = 0.02
DESCRIBE = "/api/choreography/generate-with-ai"
STREAM = {"Content-Type": "application/json", "Accept": "text/event-stream"}
BODIES: dict[str, dict[str, Any]] = {
    GENERATE: {"song_id": "song"},
    DESCRIBE: {"query": "romantic"},
    ASSEMBLE: document(),
}


class Gate(MemoryEncoder):
    """An encoder that waits for a signal before it adds the sound."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = asyncio.Event()
        self.ended = asyncio.Event()

    async def add_audio(
        self, film: Footage, soundtrack: Soundtrack, files: MediaFiles, into: Path
    ) -> None:
        try:
            await self.opened.wait()
        finally:
            self.ended.set()
        await super().add_audio(film, soundtrack, files, into)


async def furnished(folder: Path, settings: Settings | None = None) -> tuple[MemoryBackend, Gate]:
    backend, gate = MemoryBackend(folder, settings or Settings(allowed_hosts="backend")), Gate()
    await backend.furnish()
    backend.ports = replace(backend.ports, encoder=gate)
    return backend, gate


@asynccontextmanager
async def asking(app: Litestar, route: str = GENERATE, **headers: str) -> AsyncGenerator[Following]:
    """A client of a stream; it leaves at the end of the context."""
    body = msgspec.json.encode(BODIES[route])
    stream = Following("POST", route, STREAM | headers, body)
    answering = asyncio.ensure_future(stream.run(app))
    try:
        async with asyncio.timeout(PATIENCE):
            yield stream
    finally:
        stream.leave.set()
        await answering


@pytest.mark.parametrize("route", BODIES)
async def test_a_film_is_told_from_its_beginning_to_its_result(tmp_path: Path, route: str) -> None:
    backend, gate = await furnished(tmp_path)
    async with backend.opened() as app, asking(app, route) as stream:
        await stream.until('"stage":"adding_audio"')
        gate.opened.set()
        await stream.until("event: result")
    assert stream.status == 200
    assert stream.answered["content-type"] == "text/event-stream"
    *progress, (last, name, film) = events_of(stream.text)
    assert (last, name) == ("end", "result")
    assert film["status"] == "completed"
    assert set(film) == FILM_KEYS | ({"parameters"} if route == DESCRIBE else set())
    stages = list(dict.fromkeys(data["stage"] for _, _, data in progress))
    planned = ["planning"] if route != ASSEMBLE else []
    assert stages == [
        "pending",
        *planned,
        "fetching",
        "concatenating",
        "adding_audio",
        "uploading",
        "cleanup",
        "completed",
    ]
    percents = [data["progress"] for _, _, data in progress]
    assert percents == sorted(percents)
    assert {data["task_id"] for _, _, data in progress} == {film["task_id"]}
    assert {name for _, name, _ in progress} == {"progress"}


async def test_a_failure_is_one_problem(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    broken = failing(backend.ports.encoder, add_audio=FFmpegFailed(details="Conversion failed!"))
    backend.ports = replace(backend.ports, encoder=broken)
    async with backend.opened() as app, asking(app) as stream:
        await stream.until("event: problem")
    *_, (last, name, problem) = events_of(stream.text)
    assert (last, name) == ("end", "problem")
    assert (problem["status"], problem["code"]) == (500, "ffmpeg-failed")
    assert (problem["stage"], problem["details"]) == ("adding_audio", "Conversion failed!")


async def test_a_request_that_is_refused_is_answered_without_a_stream(tmp_path: Path) -> None:
    limits = Settings(allowed_hosts="backend", max_running=1, max_waiting=0)
    backend, gate = await furnished(tmp_path, limits)
    wrong: dict[str, dict[str, Any]] = {
        GENERATE: {"difficulty": "none"},
        ASSEMBLE: {**document(), "moves": []},
    }
    async with backend.opened() as app, asking(app) as stream:
        await stream.until('"stage":"adding_audio"')
        refused = [
            await Exchange("POST", route, STREAM, msgspec.json.encode(body)).run(app)
            for route, body in {**wrong, DESCRIBE: BODIES[DESCRIBE]}.items()
        ]
        gate.opened.set()
        await stream.until("event: result")
    codes = [json.loads(each.content)["code"] for each in refused]
    assert codes == ["invalid-request", "blueprint-rejected", "service-full"]
    assert [each.status for each in refused] == [400, 400, 503]
    assert {each.answered["content-type"] for each in refused} == {"application/problem+json"}
    assert refused[-1].answered["retry-after"]


async def test_when_the_client_leaves_the_work_ends(tmp_path: Path) -> None:
    backend, gate = await furnished(tmp_path)
    async with backend.opened() as app:
        async with asking(app) as stream:
            await stream.until('"stage":"adding_audio"')
        assert gate.ended.is_set()
        [history] = backend.tasks.history.values()
        assert history[-1].state is State.CANCELLED
        job = await backend.jobs.get(history[-1].task_id)
        assert job.state is JobState.CANCELLED
    assert backend.left_behind() == []


async def test_with_a_key_the_film_is_finished_and_its_answer_repeated(tmp_path: Path) -> None:
    backend, gate = await furnished(tmp_path)
    key = {"Idempotency-Key": "once"}
    async with backend.opened() as app:
        async with asking(app, **key) as stream:
            await stream.until('"stage":"adding_audio"')
        [task_id] = backend.tasks.history
        twin = await Exchange("POST", GENERATE, STREAM | key, stream.body).run(app)
        gate.opened.set()
        watcher = Following("GET", f"/api/tasks/{task_id}/events")
        async with asyncio.timeout(PATIENCE):
            await watcher.run(app)
        async with asking(app, **key) as again:
            await again.until("event: result")
        json_answer = await Exchange(
            "POST", GENERATE, {"Content-Type": "application/json"} | key, stream.body
        ).run(app)
    assert (twin.status, json.loads(twin.content)["code"]) == (409, "idempotency-key-in-use")
    assert again.answered["idempotency-replayed"] == "true"
    assert "event: progress" in again.text
    assert events_of(again.text)[-1][2] == json.loads(json_answer.content)
    assert [UUID(events_of(again.text)[-1][2]["task_id"])] == list(backend.tasks.history)


async def test_heartbeats_tell_that_the_work_goes_on(tmp_path: Path) -> None:
    backend, gate = await furnished(tmp_path)
    async with backend.opened(Timeouts(heartbeat=SHORT)) as app, asking(app) as stream:
        await stream.until(": the task goes on\n\n", 5)
        gate.opened.set()
        await stream.until("event: result")


async def test_a_preference_for_202_wins_and_json_is_the_default(tmp_path: Path) -> None:
    backend, gate = await furnished(tmp_path)
    gate.opened.set()
    async with backend.client() as client:
        accepted = await client.post(
            GENERATE,
            json=BODIES[GENERATE],
            headers={"Accept": "text/event-stream", "Prefer": "respond-async"},
        )
        kinds = [
            (await client.post(GENERATE, json=BODIES[GENERATE], headers={"Accept": accept})).headers
            for accept in ("*/*", "application/json", "application/json, text/event-stream;q=0.5")
        ]
        told = await client.get(accepted.headers["location"])
    assert accepted.status_code == 202
    assert events_of(told.text)[-1][1] == "result"
    assert [each["content-type"] for each in kinds] == ["application/json"] * 3


async def test_a_client_that_reads_slowly_misses_nothing(tmp_path: Path) -> None:
    backend, gate = await furnished(tmp_path)
    async with backend.opened() as app, asking(app) as stream:
        await stream.until('"stage":"adding_audio"')
        stream.reads.clear()
        [task_id] = backend.tasks.history
        begun = await backend.jobs.get(task_id)
        for number in range(500):
            event = {"job_id": task_id, "id": 1_000_500 + number, "stage": "adding_audio"}
            await backend.job_events.publish(
                msgspec.convert({**event, "progress": 75, "message": "Adding"}, type=JobEvent)
            )
            await asyncio.sleep(0)
        gate.opened.set()
        stream.reads.set()
        await stream.until("event: result")
    assert begun.state is JobState.RUNNING
    ids = [
        int(number) for number, name, _ in events_of(stream.text) if name == "progress" and number
    ]
    assert set(range(1_000_500, 1_001_000)) <= set(ids)
    assert ids == sorted(set(ids))
