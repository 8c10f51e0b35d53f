"""A service in memory behind a server's own sockets."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import uvicorn

from entrypoints.http.protocol import ServiceProtocol
from entrypoints.http.server import Server
from tests.api.memory_backend import MemoryBackend

SOON = 30.0
"""Seconds after which a server that has not started never will."""


@asynccontextmanager
async def served(backend: MemoryBackend) -> AsyncGenerator[int]:
    """Serve it on loopback as the command does; yields the port."""
    async with backend.opened() as app:
        config = uvicorn.Config(
            app,
            port=0,
            http=ServiceProtocol,
            lifespan="off",
            log_config=None,
            access_log=False,
        )
        server = Server(config, app.state.stopping)
        serving = asyncio.create_task(server.serve())
        try:
            async with asyncio.timeout(SOON):
                while not server.started:
                    await asyncio.wait([serving], timeout=0.02)
            yield server.servers[0].sockets[0].getsockname()[1]
        finally:
            server.should_exit = True
            await serving
