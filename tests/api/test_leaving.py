"""After the client disconnects, its work has ended before anything else happens."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from domain.rendering.assembly import State
from tests.api.asgi import Exchange
from tests.api.memory_backend import ASSEMBLE, GENERATE, JSON, MemoryBackend, document

pytestmark = pytest.mark.anyio

PATIENCE = 10.0
"""Seconds after which a test that should have ended long ago is broken."""


class Stuck:
    """A port of which one method begins and never ends by itself."""

    def __init__(self, port: object, method: str) -> None:
        self._port = port
        self._method = method
        self.begun = asyncio.Event()
        self.stopped = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return self._endless if name == self._method else getattr(self._port, name)

    async def _endless(self, *_: object) -> None:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped.set()


STUCK = [
    (ASSEMBLE, "storage", "fetch"),
    (ASSEMBLE, "clips", "normalise"),
    (ASSEMBLE, "encoder", "concatenate"),
    (ASSEMBLE, "encoder", "add_audio"),
    (ASSEMBLE, "encoder", "inspect"),
    (GENERATE, "moves", "page"),
    (GENERATE, "clips", "normalise"),
]


async def stuck(
    root: Path, route: str, port: str, method: str
) -> tuple[MemoryBackend, Stuck, Exchange]:
    """A service that gets stuck, and the request that it gets stuck on."""
    backend = MemoryBackend(root)
    await backend.furnish()
    trouble = Stuck(getattr(backend.ports, port), method)
    changes: Any = {port: trouble}
    backend.ports = replace(backend.ports, **changes)
    body = {"song_id": "song"} if route == GENERATE else document()
    return backend, trouble, Exchange("POST", route, JSON, msgspec.json.encode(body))


@pytest.mark.parametrize(("route", "port", "method"), STUCK)
async def test_the_work_ends_when_the_client_leaves(
    tmp_path: Path, route: str, port: str, method: str
) -> None:
    backend, trouble, exchange = await stuck(tmp_path, route, port, method)
    async with backend.opened() as app, asyncio.timeout(PATIENCE):
        answering = asyncio.ensure_future(exchange.run(app))
        await trouble.begun.wait()

        exchange.leave.set()
        await answering

    assert trouble.stopped.is_set()
    assert exchange.status == 499
    [history] = backend.tasks.history.values()
    assert history[-1].state is State.CANCELLED
    assert backend.left_behind() == []


async def test_the_work_ends_when_the_server_drops_the_request_and_the_client_is_told(
    tmp_path: Path,
) -> None:
    backend, trouble, exchange = await stuck(tmp_path, ASSEMBLE, "clips", "normalise")
    async with backend.opened() as app, asyncio.timeout(PATIENCE):
        answering = asyncio.ensure_future(exchange.run(app))
        await trouble.begun.wait()

        answering.cancel()
        await answering

    assert exchange.status == 503
    assert int(exchange.answered["retry-after"]) > 0
    assert msgspec.json.decode(exchange.content)["code"] == "not-ready"
    assert trouble.stopped.is_set()
    [history] = backend.tasks.history.values()
    assert history[-1].state is State.CANCELLED
    assert backend.left_behind() == []


async def test_a_film_that_nobody_watches_any_more_is_not_read_on(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    reading, closed = asyncio.Event(), asyncio.Event()

    class Slow:
        def __getattr__(self, name: str) -> Any:
            return getattr(backend.storage, name)

        async def read(self, *_: object) -> AsyncIterator[bytes]:
            try:
                yield b"f"
                reading.set()
                await asyncio.Event().wait()
            finally:
                closed.set()

    async with backend.client() as client:
        film = (await client.post(ASSEMBLE, json=document())).json()
    backend.ports = replace(backend.ports, storage=cast(Any, Slow()))
    async with backend.opened() as app, asyncio.timeout(PATIENCE):
        exchange = Exchange("GET", film["video_url"])
        watching = asyncio.ensure_future(exchange.run(app))
        await reading.wait()

        exchange.leave.set()
        await watching
        await closed.wait()

    assert exchange.content == b"f"
