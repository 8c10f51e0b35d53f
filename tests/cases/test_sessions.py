"""Background work of a command ends before its resources are closed."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from application.ports.progress import Progress
from application.search.move_search import Likeness
from domain.shared.errors import SongNotFound
from entrypoints.cli import session as sessions
from entrypoints.cli.session import session
from entrypoints.ports import Ports
from entrypoints.settings import Settings
from tests.api.memory_backend import MemoryBackend

pytestmark = pytest.mark.anyio


class SlowEmbeddings:
    """Reads of a library without end, and says when it is read though it is closed."""

    def __init__(self, below: object) -> None:
        self._below = below
        self.closed = False
        self.reading = asyncio.Event()
        self.let_go = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below, name)

    async def page(self, after: str | None, most: int) -> Any:
        self.reading.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.let_go = not self.closed


@pytest.fixture
async def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SlowEmbeddings:
    backend = MemoryBackend(tmp_path / "backend")
    await backend.furnish()
    slow = SlowEmbeddings(backend.ports.embeddings)
    ports = replace(backend.ports, embeddings=slow)  # pyright: ignore[reportArgumentType]

    @asynccontextmanager
    async def open_ports(_: Settings, *__: Progress) -> AsyncGenerator[Ports]:
        try:
            yield ports
        finally:
            slow.closed = True

    monkeypatch.setattr(sessions, "open_ports", open_ports)
    monkeypatch.setenv("BACHATA_DATA_DIR", str(tmp_path))
    return slow


@pytest.mark.parametrize("end", [None, SongNotFound, RuntimeError, asyncio.CancelledError])
async def test_index_work_ends_before_the_database_is_closed(
    opened: SlowEmbeddings, end: type[BaseException] | None
) -> None:
    async def command() -> None:
        async with session(only_looking=True) as inside:
            search = asyncio.ensure_future(inside.use_cases.find_moves(Likeness(words="a")))
            await opened.reading.wait()
            search.cancel()
            if end is not None:
                raise end

    await asyncio.wait([task := asyncio.ensure_future(command())])
    assert opened.closed
    assert opened.let_go
    if end is None or end is asyncio.CancelledError:
        assert task.cancelled() is (end is not None)
    else:
        assert isinstance(task.exception(), end)
