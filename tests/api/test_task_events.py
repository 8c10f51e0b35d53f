"""The progress of tasks as server-sent events."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from litestar import Litestar

from application.concurrency.timeouts import Timeouts
from domain.jobs.errors import Poisoned
from domain.shared.errors import FFmpegFailed, NotReady
from entrypoints.http.caching import CHANGES
from entrypoints.settings import Settings
from tests.api.asgi import Exchange, Following
from tests.api.memory_backend import GENERATE, Lines, MemoryBackend, failing, problem_of
from tests.world.watched import IdleQueue, WatchedJob

pytestmark = pytest.mark.anyio

PATIENCE = 20.0
"""Seconds after which a test that should have ended long ago is broken."""
SHORT = 0.02


def idle(folder: Path, settings: Settings | None = None) -> MemoryBackend:
    """A service in which nobody works on jobs."""
    backend = MemoryBackend(folder, settings or Settings(allowed_hosts="backend"))
    backend.ports = replace(backend.ports, job_queue=IdleQueue())
    return backend


def path(task_id: UUID) -> str:
    return f"/api/tasks/{task_id}/events"


def events_of(text: str) -> list[tuple[str | None, str, Any]]:
    """The id, the name and the data of every event of a stream."""
    found: list[tuple[str | None, str, Any]] = []
    for block in text.split("\n\n"):
        fields: Mapping[str, str] = dict(
            line.split(": ", 1) for line in block.splitlines() if not line.startswith(":")
        )
        if "event" in fields:
            found.append((fields.get("id"), fields["event"], json.loads(fields["data"])))
    return found


@asynccontextmanager
async def following(
    app: Litestar, task_id: UUID, headers: Mapping[str, str] | None = None
) -> AsyncGenerator[Following]:
    """A client of a stream; it leaves at the end of the context."""
    stream = Following("GET", path(task_id), headers or {})
    answering = asyncio.ensure_future(stream.run(app))
    try:
        async with asyncio.timeout(PATIENCE):
            yield stream
    finally:
        stream.leave.set()
        await answering


async def test_a_stream_tells_the_progress_and_ends_with_the_result(tmp_path: Path) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).submit()
        async with following(app, job.job_id) as stream:
            await stream.until("event: progress")
            await backend.jobs.claim(job.job_id)
            await job.tell(1, 20)
            await stream.until("event: progress", 2)
            await job.complete()
            await stream.until("event: result")
    assert stream.status == 200
    assert stream.answered["content-type"] == "text/event-stream"
    assert stream.answered["cache-control"] == CHANGES
    assert stream.answered["x-accel-buffering"] == "no"
    assert stream.text.startswith("retry: ")
    task = str(job.job_id)
    assert events_of(stream.text) == [
        (
            None,
            "progress",
            {
                "task_id": task,
                "stage": "pending",
                "progress": 0,
                "message": "Waiting for a worker",
                "eta_seconds": None,
                "metadata": None,
            },
        ),
        (
            "1000001",
            "progress",
            {
                "task_id": task,
                "stage": "fetching",
                "progress": 20,
                "message": "Fetching\nthe song",
                "eta_seconds": 1.5,
                "metadata": None,
            },
        ),
        (
            "1999999",
            "progress",
            {
                "task_id": task,
                "stage": "completed",
                "progress": 100,
                "message": "Completed",
                "eta_seconds": None,
                "metadata": None,
            },
        ),
        ("end", "result", {"video_url": "/film"}),
    ]


async def test_a_failure_is_the_problem_that_a_waiting_client_gets(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    broken = failing(backend.ports.encoder, add_audio=FFmpegFailed(details="Conversion failed!"))
    backend.ports = replace(backend.ports, encoder=broken)
    async with backend.client() as client:
        waited = problem_of(await client.post(GENERATE, json={"song_id": "song"}), 500)
        [task_id] = backend.tasks.history
        answer = await client.get(path(task_id))
        [*_, (number, name, problem)] = events_of(answer.text)
    assert (number, name) == ("end", "problem")
    own = ("instance", "request_id")
    assert {k: v for k, v in problem.items() if k not in own} == {
        k: v for k, v in waited.items() if k not in own
    }


async def test_the_stream_of_a_film_that_is_made_has_its_result(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    async with backend.client() as client:
        film = (await client.post(GENERATE, json={"song_id": "song"})).json()
        answer = await client.get(path(film["task_id"]))
        events = events_of(answer.text)
        again = await client.get(path(film["task_id"]), headers={"Last-Event-ID": "end"})
    assert events[-1] == ("end", "result", film)
    assert (again.status_code, again.content) == (204, b"")
    percents = [data["progress"] for _, name, data in events if name == "progress"]
    assert percents == sorted(percents)
    assert percents[-1] == 100


async def test_a_client_resumes_after_the_event_that_it_read_last(tmp_path: Path) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        for number in (1, 2, 3):
            await job.tell(number, number)
        async with following(app, job.job_id, {"Last-Event-ID": "1000002"}) as resumed:
            await resumed.until("event: progress")
            async with following(app, job.job_id) as late:
                await job.complete()
                await late.until("event: result")
                await resumed.until("event: result")
    ids = ["1000001", "1000002", "1000003", "1999999", "end"]
    assert [number for number, *_ in events_of(late.text)] == ids
    assert [number for number, *_ in events_of(resumed.text)] == ids[2:]


@pytest.mark.parametrize("wrong", ["x", "-1", "1.5", "9" * 19, ""])
async def test_what_is_no_id_of_an_event_is_refused(tmp_path: Path, wrong: str) -> None:
    backend = MemoryBackend(tmp_path)
    async with backend.client() as client:
        answer = await client.get(path(uuid4()), headers={"Last-Event-ID": wrong})
    problem = problem_of(answer, 400)
    assert "Last-Event-ID" in str(problem["details"])


@pytest.mark.parametrize("headers", [{}, {"Last-Event-ID": "end"}])
async def test_a_foreign_task_and_none_are_not_found(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    backend = idle(tmp_path)
    foreign = await WatchedJob(backend.jobs, backend.job_events, "eva").start()
    async with backend.client() as client:
        found = [
            problem_of(await client.get(path(task_id), headers=headers), 404)
            for task_id in (foreign.job_id, uuid4())
        ]
    assert [problem["code"] for problem in found] == ["task-not-found"] * 2
    assert found[0]["detail"] == found[1]["detail"]


async def test_heartbeats_keep_a_silent_stream_alive(tmp_path: Path) -> None:
    """Without them it would be over its time: each restarts the clock of the request."""
    backend = idle(tmp_path)
    limits = Timeouts(answer=50 * SHORT, heartbeat=SHORT)
    async with backend.opened(limits) as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        async with following(app, job.job_id) as stream:
            await stream.until(": the task goes on\n\n", 60)
            await job.complete()
            await stream.until("event: result")


async def test_when_a_client_leaves_its_place_is_free(tmp_path: Path) -> None:
    backend = idle(tmp_path, Settings(allowed_hosts="backend", max_streams_of_caller=1))
    async with backend.opened() as app, asyncio.timeout(PATIENCE):
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        for _ in range(3):
            async with following(app, job.job_id) as stream:
                await stream.until("event: progress")
                refused = await Exchange("GET", path(job.job_id)).run(app)
                assert refused.status == 429
                assert refused.answered["retry-after"]


async def test_there_are_so_many_streams_and_no_more(tmp_path: Path) -> None:
    backend = idle(tmp_path, Settings(allowed_hosts="backend", max_streams=1))
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        async with following(app, job.job_id) as stream:
            await stream.until("event: progress")
            refused = await Exchange("GET", path(job.job_id)).run(app)
    assert refused.status == 503
    assert refused.answered["retry-after"]
    assert json.loads(refused.content)["code"] == "busy"


async def test_a_client_that_reads_too_slowly_is_dropped_and_misses_nothing(
    tmp_path: Path,
) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        async with following(app, job.job_id) as stream:
            await stream.until("event: progress")
            await job.tell(1, 1)
            await stream.until("event: progress", 2)
            stream.reads.clear()
            for number in range(2, 400):
                await job.tell(number, number // 4)
                await asyncio.sleep(0)
            stream.reads.set()
        *_, (last, _, _) = events_of(stream.text)
        assert last is not None
        assert "event: result" not in stream.text
        await job.complete()
        async with following(app, job.job_id, {"Last-Event-ID": last}) as again:
            await again.until("event: result")
    ids = [int(number or 0) for number, *_ in events_of(again.text)[:-1]]
    assert ids == [*range(int(last) + 1, 1_000_400), 1_999_999]


async def test_a_client_that_reads_nothing_is_disconnected(tmp_path: Path) -> None:
    backend = idle(tmp_path)
    async with backend.opened(Timeouts(event_reader=SHORT)) as app, asyncio.timeout(PATIENCE):
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        stream = Following("GET", path(job.job_id))
        answering = asyncio.ensure_future(stream.run(app))
        await stream.until("event: progress")
        stream.reads.clear()
        await job.tell(1, 1)
        await answering


async def test_a_stream_is_one_line_of_the_log(tmp_path: Path, lines: Lines) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        async with following(app, job.job_id) as stream:
            await job.fail(Poisoned())
            await stream.until("event: problem")
    [line] = [each for each in lines() if each["logger"] == "bachata.access"]
    assert (line["method"], line["path"], line["status"]) == ("GET", path(job.job_id), 200)
    assert stream.answered["x-request-id"] == line["request_id"]
    assert events_of(stream.text)[-1][2]["code"] == "poisoned"


async def test_a_page_of_another_origin_may_not_watch(tmp_path: Path) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        foreign = {"Origin": "http://elsewhere.example"}
        refused = await Exchange("GET", path(job.job_id), foreign).run(app)
    assert refused.status == 403


async def test_a_database_that_is_away_is_told_before_the_stream_begins(tmp_path: Path) -> None:
    backend = idle(tmp_path)
    job = await WatchedJob(backend.jobs, backend.job_events).start()
    backend.ports = replace(backend.ports, jobs=failing(backend.jobs, get=NotReady("Away.")))
    async with backend.client() as client:
        assert problem_of(await client.get(path(job.job_id)), 503)["code"] == "not-ready"


def test_an_event_is_one_line_of_data() -> None:
    assert b"\n" not in msgspec.json.encode({"message": "two\nlines\r\u2028"})


async def test_a_stream_ends_when_the_server_begins_to_stop_and_can_be_resumed(
    tmp_path: Path,
) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).submit()
        stream = Following("GET", path(job.job_id))
        async with asyncio.timeout(PATIENCE):
            answering = asyncio.ensure_future(stream.run(app))
            await stream.until("event: progress")
            app.state.stopping.set()
            await answering
        assert stream.status == 200
        # Without the last event a client connects again.
        assert "id: end" not in stream.text
        app.state.stopping.clear()
        async with following(app, job.job_id) as again:
            await again.until("event: progress")
