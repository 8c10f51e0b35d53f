"""The progress of tasks over WebSockets."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from litestar import Litestar

from application.concurrency.timeouts import Timeouts
from domain.jobs.errors import Poisoned
from entrypoints.settings import Settings
from tests.api.asgi import Socket
from tests.api.memory_backend import Lines, MemoryBackend
from tests.world.watched import IdleQueue, WatchedJob

pytestmark = pytest.mark.anyio

PATIENCE = 20.0
SHORT = 0.02


def idle(folder: Path, settings: Settings | None = None) -> MemoryBackend:
    """A service in which nobody works on jobs."""
    backend = MemoryBackend(folder, settings or Settings(allowed_hosts="backend"))
    backend.ports = replace(backend.ports, job_queue=IdleQueue())
    return backend


def path(session_id: object) -> str:
    return f"/ws/progress/{session_id}"


@asynccontextmanager
async def connected(
    app: Litestar,
    session_id: object,
    query: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> AsyncGenerator[Socket]:
    """A client of a WebSocket; it leaves at the end of the context."""
    socket = Socket(path(session_id), query, headers or {})
    serving = asyncio.ensure_future(socket.run(app))
    try:
        async with asyncio.timeout(PATIENCE):
            yield socket
    finally:
        socket.leave.set()
        await serving


async def closed(
    app: Litestar, session_id: object, query: bytes = b"", headers: Mapping[str, str] | None = None
) -> Socket:
    """A WebSocket that the service has closed itself."""
    async with asyncio.timeout(PATIENCE):
        return await Socket(path(session_id), query, headers or {}).run(app)


async def test_messages_tell_the_progress_and_then_the_result(tmp_path: Path) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        async with connected(app, job.job_id) as socket:
            await socket.until(1)
            await job.tell(1, 20)
            await job.complete()
            messages = await socket.until(4)
            await socket.until_closed()
    task = {"task_id": str(job.job_id)}
    assert messages == [
        {
            "type": "progress",
            **task,
            "stage": "pending",
            "progress": 0,
            "message": "In progress",
            "eta_seconds": None,
            "metadata": None,
        },
        {
            "type": "progress",
            "id": 1000001,
            **task,
            "stage": "fetching",
            "progress": 20,
            "message": "Fetching\nthe song",
            "eta_seconds": 1.5,
            "metadata": None,
        },
        {
            "type": "progress",
            "id": 1999999,
            **task,
            "stage": "completed",
            "progress": 100,
            "message": "Completed",
            "eta_seconds": None,
            "metadata": None,
        },
        {"type": "result", "result": {"video_url": "/film"}},
    ]
    assert socket.closed == 1000


async def test_a_failure_is_a_problem(tmp_path: Path) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        await job.fail(Poisoned())
        socket = await closed(app, job.job_id)
    assert socket.messages[-1]["type"] == "problem"
    assert socket.messages[-1]["problem"]["code"] == "poisoned"
    assert socket.closed == 1000


async def test_a_client_resumes_after_the_message_that_it_read_last(tmp_path: Path) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        for number in (1, 2, 3):
            await job.tell(number, number)
        await job.complete()
        late, resumed = (
            await closed(app, job.job_id),
            await closed(app, job.job_id, b"after=1000002"),
        )
    ids = [message.get("id") for message in late.messages]
    assert ids == [1000001, 1000002, 1000003, 1999999, None]
    assert [message.get("id") for message in resumed.messages] == ids[2:]


async def test_the_close_says_that_a_task_is_unknown_or_foreign(tmp_path: Path) -> None:
    backend = idle(tmp_path)
    foreign = await WatchedJob(backend.jobs, backend.job_events, "eva").start()
    async with backend.opened() as app:
        for session_id in (foreign.job_id, uuid4(), "nothing"):
            socket = await closed(app, session_id)
            assert socket.messages == []
            assert socket.sent[0]["type"] == "websocket.accept"
            assert (socket.closed, socket.sent[-1]["reason"]) == (4404, "task-not-found")


async def test_the_close_says_that_a_client_reads_too_slowly(tmp_path: Path) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        async with connected(app, job.job_id) as socket:
            await socket.until(1)
            socket.reads.clear()
            for number in range(1, 400):
                await job.tell(number, number // 4)
                await asyncio.sleep(0)
            socket.reads.set()
            await socket.until_closed()
    assert (socket.closed, socket.sent[-1]["reason"]) == (4408, "subscriber-too-slow")


async def test_while_nothing_happens_there_are_heartbeats(tmp_path: Path) -> None:
    """They keep the WebSocket alive longer than a request may take to be answered."""
    backend = idle(tmp_path)
    async with backend.opened(Timeouts(answer=50 * SHORT, heartbeat=SHORT)) as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        async with connected(app, job.job_id) as socket:
            messages = await socket.until(60)
            await job.complete()
            await socket.until(len(messages) + 2)
    assert messages[1:60] == [{"type": "heartbeat"}] * 59
    assert socket.messages[-1]["type"] == "result"


async def test_one_that_hangs_is_ended(tmp_path: Path) -> None:
    backend = idle(tmp_path)
    async with backend.opened(Timeouts(answer=SHORT, leaving=SHORT)) as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        socket = Socket(path(job.job_id))
        async with asyncio.timeout(PATIENCE):
            await socket.run(app)
    assert socket.sent[-1]["type"] == "websocket.close"


async def test_too_many_are_refused_with_a_problem(tmp_path: Path) -> None:
    backend = idle(tmp_path, Settings(allowed_hosts="backend", max_streams_of_caller=1))
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        async with connected(app, job.job_id) as socket:
            await socket.until(1)
        async with connected(app, job.job_id) as socket:
            await socket.until(1)
            refused = await closed(app, job.job_id)
            older = Socket(path(job.job_id), extensions={})
            await older.run(app)
    start, body = refused.sent
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 429)
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    assert headers["retry-after"]
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body["body"])["code"] == "caller-busy"
    assert (older.closed, older.sent[-1]["reason"]) == (4429, "caller-busy")


async def test_what_is_no_id_of_a_message_is_refused(tmp_path: Path) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        start, body = (await closed(app, job.job_id, b"after=x")).sent
    assert start["status"] == 400
    assert json.loads(body["body"])["details"][0]["path"] == "after"


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://elsewhere.example"}, {"Host": "elsewhere.example"}]
)
async def test_a_page_of_another_origin_gets_no_websocket(
    tmp_path: Path, headers: dict[str, str], lines: Lines
) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        socket = await closed(app, job.job_id, headers=headers)
    assert [message["type"] for message in socket.sent] == ["websocket.close"]
    [line] = [each for each in lines() if each["logger"] == "bachata.access"]
    assert line["status"] == 403


async def test_a_page_of_the_service_itself_gets_one(tmp_path: Path) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        await job.complete()
        socket = await closed(app, job.job_id, headers={"Origin": "http://backend"})
    assert socket.closed == 1000


async def test_a_websocket_is_one_line_of_the_log(tmp_path: Path, lines: Lines) -> None:
    backend = idle(tmp_path)
    async with backend.opened() as app:
        job = await WatchedJob(backend.jobs, backend.job_events).start()
        await job.complete()
        await closed(app, job.job_id)
        async with connected(app, uuid4()):
            pass
    one, other = [each for each in lines() if each["logger"] == "bachata.access"]
    assert (one["method"], one["path"], one["status"]) == ("WEBSOCKET", path(job.job_id), 101)
    assert (one["close_code"], other["close_code"]) == (1000, 4404)
    assert one["request_id"] != other["request_id"]
