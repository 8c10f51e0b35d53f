"""A server that begins to stop does not wait for those who only watch."""

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from entrypoints.settings import Settings
from tests.api.memory_backend import MemoryBackend
from tests.api.served import SOON, served
from tests.world.loopback import NO_TLS
from tests.world.watched import IdleQueue, WatchedJob

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def test_a_server_that_stops_ends_streams_of_events_and_websockets(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path, Settings())
    backend.ports = replace(backend.ports, job_queue=IdleQueue())
    job = await WatchedJob(backend.jobs, backend.job_events).submit()
    watching = asyncio.Barrier(3)

    async def read_stream(port: int) -> str:
        url = f"http://127.0.0.1:{port}/api/tasks/{job.job_id}/events"
        text = ""
        async with (
            httpx.AsyncClient(timeout=2 * SOON, verify=NO_TLS) as client,
            client.stream("GET", url) as got,
        ):
            async for piece in got.aiter_text():
                if not text:
                    await watching.wait()
                text += piece
        return text

    async def read_messages(port: int) -> int | None:
        address = f"ws://127.0.0.1:{port}/ws/progress/{job.job_id}"
        async with connect(address, proxy=None) as socket:
            await socket.recv()
            await watching.wait()
            with pytest.raises(ConnectionClosed):
                await socket.recv()
        return socket.close_code

    async with asyncio.timeout(SOON):
        # It waits for all requests without a limit.
        async with served(backend) as port:
            reading = asyncio.gather(read_stream(port), read_messages(port))
            await watching.wait()
        text, code = await reading
    assert "id: end" not in text
    assert code == 1012
