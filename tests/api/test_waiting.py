"""Whatever a request waits for in vain, it is answered in time, and the service ends in time."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from adapters.memory.media_probe import MemoryMediaProbe
from application.concurrency.timeouts import Timeouts
from domain.library.limits import Allowance
from domain.library.media import Media
from domain.shared.errors import WaitedTooLong
from entrypoints.http.app import create_app
from entrypoints.ports import Ports
from entrypoints.settings import Settings
from tests.api.asgi import Exchange
from tests.api.memory_backend import ASSEMBLE, GENERATE, MemoryBackend, document, problem_of
from tests.world.stubborn import stubborn
from tests.world.trouble import Kind, Trouble

pytestmark = pytest.mark.anyio

SHORT = 0.02
LIMITS = Timeouts(
    start=5,
    answer=SHORT,
    work=SHORT,
    reader=SHORT,
    leaving=SHORT,
    closing=SHORT,
    upload_queue_wait=SHORT,
    background=SHORT,
)
PATIENCE = 20.0
"""Seconds after which a test that should have ended long ago is broken."""

Asked = tuple[str, str, dict[str, Any]]
"""Method, path and what else httpx is told of a request."""

SONG_FILE = {"file": ("song.mp3", b"sound"), "title": (None, "New"), "artist": (None, "Ana")}
CLIP_FILE = {"file": ("clip.mp4", b"film"), "name": (None, "New")}

REQUESTS: dict[str, Asked] = {
    "songs": ("GET", "/api/songs", {}),
    "song": ("GET", "/api/songs/song", {}),
    "analysis": ("GET", "/api/songs/song/analysis", {}),
    "correction": ("PATCH", "/api/songs/song/analysis", {"json": {"tempo": 120}}),
    "moves": ("GET", "/api/moves", {}),
    "corrected move": ("PATCH", "/api/moves/move-1", {"json": {"tempo": 120}}),
    "search": ("POST", "/api/moves/search", {"json": {"words": "turn"}}),
    "similar": ("GET", "/api/moves/move-1/similar", {}),
    "clip": ("GET", "/api/moves/move-1/clip", {}),
    "plan": ("POST", "/api/choreography/plan", {"json": {"song_id": "song"}}),
    "words": ("POST", "/api/choreography/parse-query", {"json": {"query": "romantic"}}),
    "generate": ("POST", GENERATE, {"json": {"song_id": "song"}}),
    "assemble": ("POST", ASSEMBLE, {"json": document()}),
    "upload a song": ("POST", "/api/songs", {"files": SONG_FILE}),
    "upload a move": ("POST", "/api/moves", {"files": CLIP_FILE}),
    "ready": ("GET", "/health/ready", {}),
    "remove a song": ("DELETE", "/api/songs/song", {}),
    "webhooks": ("GET", "/api/webhooks", {}),
    "add a webhook": ("POST", "/api/webhooks", {"json": {}}),
}
LATE = {503, 504, 500}
JOBS = ("jobs", "job_queue", "job_events", "deliveries", "webhook_sender")
"""Ports that are called at any time, too, so that no call is the request's for sure."""

LONG = bool(os.environ.get("BACHATA_TEST_LONG"))


@cache
def app_of(settings: Settings, limits: Timeouts) -> tuple[Litestar, list[Ports]]:
    """An application that is opened again and again, each time with the ports that the list has.

    To make one takes longer than most of these requests.
    """
    current: list[Ports] = []

    @asynccontextmanager
    async def opened(_: Settings) -> AsyncGenerator[Ports]:
        yield current[0]

    return create_app(settings, opened, timeouts=limits), current


@asynccontextmanager
async def serving(
    backend: MemoryBackend, ports: Ports, limits: Timeouts = LIMITS
) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of a service with short limits."""
    app, current = app_of(backend.settings, limits)
    current[:] = [ports]
    async with app.lifespan():
        transport = httpx.ASGITransport(app)  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield client


def surrounded(ports: Ports, trouble: Trouble) -> Ports:
    """The same ports, with trouble."""
    around: Any = {
        each.name: trouble.around(getattr(ports, each.name), each.name)
        for each in fields(Ports)
        if each.name not in ("progress", "clock", "studio", *JOBS)
    }
    return replace(ports, **around)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Kind.HANG, Kind.STUBBORN])
@pytest.mark.parametrize("name", REQUESTS)
async def test_a_request_is_answered_in_time_at_whichever_call_it_hangs(
    name: str, kind: Kind, tmp_path: Path
) -> None:
    calls = await calls_of(name, tmp_path / "before")
    # Of several calls of one kind the first, if there is not the time for all of them.
    ats = (
        range(len(calls)) if LONG else sorted({call: calls.index(call) for call in calls}.values())
    )
    late: list[str] = []
    for at in ats:
        trouble = Trouble(kind=kind)
        answer = await outcome_of(name, tmp_path / str(at), trouble, at)
        if trouble.struck and answer.status_code in LATE:
            problem_of(answer, answer.status_code)
            late.append(calls[at])
    assert late, "Nothing that hangs is waited for?"


async def calls_of(name: str, folder: Path) -> list[str]:
    """The ports' calls that a request makes."""
    trouble = Trouble()
    await outcome_of(name, folder, trouble, None, Timeouts())
    return trouble.calls


async def outcome_of(
    name: str, folder: Path, trouble: Trouble, at: int | None, limits: Timeouts = LIMITS
) -> httpx.Response:
    """Ask once, of a new service, with trouble at one of the request's calls or at none."""
    method, path, more = REQUESTS[name]
    backend = MemoryBackend(folder, Settings(assembly_timeout=SHORT if at is not None else 600))
    await backend.furnish()
    ports = surrounded(backend.ports, trouble)
    async with asyncio.timeout(PATIENCE), serving(backend, ports, limits) as client:
        trouble.calls.clear()
        trouble.at = at
        answer = await client.request(method, path, **more)
        trouble.over.set()
    return answer


async def test_the_answer_says_what_was_waited_for(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    async with stubborn() as waits, serving(backend, hanging(backend, waits.hang)) as client:
        answer = await client.get("/api/songs")
    problem = problem_of(answer, 503)
    assert problem["code"] == "waited-too-long"
    assert "GET /api/songs" in problem["error"]
    assert answer.headers["retry-after"] == "5"


async def test_the_log_says_where_a_request_stood(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    backend = MemoryBackend(tmp_path)
    async with stubborn() as waits, serving(backend, hanging(backend, waits.hang)) as client:
        await client.get("/api/songs")
    [over] = [each for each in caplog.records if "exceeded its time limit" in each.getMessage()]
    assert any(place.endswith(" hang") for place in vars(over)["stack"])


def hanging(backend: MemoryBackend, hang: Any) -> Ports:
    """Ports of which the songs do not answer."""

    class Hanging:
        def __getattr__(self, name: str) -> Any:
            if name != "page":
                return getattr(backend.library.songs, name)

            async def page(*_: object) -> None:
                await hang()

            return page

    changes: Any = {"songs": Hanging()}
    return replace(backend.ports, **changes)


async def test_an_upload_that_waits_too_long_for_its_turn_is_to_come_again(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path, Settings(encodes_at_once=1, assembly_timeout=600))
    begun, may_end = asyncio.Event(), asyncio.Event()

    class Slow(MemoryMediaProbe):
        async def measure(self, file: Path, allowance: Allowance | None = None) -> Media:
            begun.set()
            await may_end.wait()
            return await super().measure(file, allowance)

    ports = replace(backend.ports, media_probe=Slow())
    async with asyncio.timeout(PATIENCE), serving(backend, ports) as client:
        first = asyncio.ensure_future(client.post("/api/songs", files=SONG_FILE))
        await begun.wait()
        second = await client.post("/api/songs", files=SONG_FILE)
        may_end.set()
        await first

    problem = problem_of(second, 503)
    assert "a free place to read an upload" in problem["error"]
    assert second.headers["retry-after"]


async def test_a_client_that_reads_no_further_is_not_waited_for(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)

    class Full(Exchange):
        async def _send(self, message: dict[str, Any]) -> None:
            await asyncio.Event().wait()

    @asynccontextmanager
    async def opened(_: Settings) -> AsyncGenerator[Ports]:
        yield backend.ports

    app = create_app(backend.settings, opened, timeouts=LIMITS)
    async with asyncio.timeout(PATIENCE), app.lifespan():
        exchange = Full("GET", "/api/songs")
        running = asyncio.ensure_future(exchange.run(app))
        await asyncio.wait({running})
        running.exception()
    assert exchange.sent == []


async def test_the_service_ends_though_a_request_and_its_background_work_do_not(
    tmp_path: Path,
) -> None:
    backend = MemoryBackend(tmp_path)
    async with stubborn() as waits:
        ports = replace(hanging(backend, waits.hang), description_model=_Stuck(waits.hang))
        async with asyncio.timeout(PATIENCE), serving(backend, ports) as client:
            asking = asyncio.ensure_future(client.get("/api/songs"))
            await waits.begun.wait()
        assert (await asking).status_code == 503


class _Stuck:
    def __init__(self, hang: Any) -> None:
        self.ready = hang


async def test_a_service_that_does_not_open_says_so(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)

    @asynccontextmanager
    async def opened(_: Settings) -> AsyncGenerator[Ports]:
        await asyncio.Event().wait()
        yield backend.ports

    limits = msgspec.structs.replace(LIMITS, start=SHORT)
    app = create_app(backend.settings, opened, timeouts=limits)
    with pytest.raises(ExceptionGroup) as group:
        async with app.lifespan():
            raise AssertionError
    timeouts = group.value.subgroup(WaitedTooLong)
    assert timeouts is not None
    assert "the parts of the service to start" in str(timeouts.exceptions[0])
