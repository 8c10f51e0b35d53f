"""The service that the API is tested over."""

import contextlib
import io
import json
import logging
from collections.abc import AsyncGenerator, Generator
from typing import Any

import httpx
import pytest
import structlog

from entrypoints import logs
from tests.api.memory_backend import Lines, MemoryBackend


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for a whole file, so that its tests may share a service."""
    return "asyncio"


@pytest.fixture(scope="module")
async def backend(tmp_path_factory: pytest.TempPathFactory) -> MemoryBackend:
    memory_backend = MemoryBackend(tmp_path_factory.mktemp("backend"))
    await memory_backend.furnish()
    return memory_backend


@pytest.fixture(scope="module")
async def client(backend: MemoryBackend) -> AsyncGenerator[httpx.AsyncClient]:
    async with backend.client() as opened:
        yield opened


@pytest.fixture(autouse=True)
def lines() -> Generator[Lines]:
    """Reads the lines that the service has logged since it was last asked."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    with contextlib.redirect_stderr(stream):
        logs.configure("info")

    def read() -> list[dict[str, Any]]:
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return [json.loads(line) for line in text.splitlines()]

    yield read
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
