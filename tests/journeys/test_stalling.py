"""Clients that stop half way, over a server's own sockets."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from domain.library.limits import Pace
from entrypoints.bootstrap import open_ports
from entrypoints.http.app import create_app
from entrypoints.settings import Settings

pytestmark = pytest.mark.anyio

SOON = 30.0
"""Seconds after which what is waited for will not happen any more."""
PACE = Pace(idle=0.2, grace=0.4, least=1_000_000)
FORM = "multipart/form-data; boundary=between"
FILE = b'--between\r\nContent-Disposition: form-data; name="file"\r\n\r\n'


@asynccontextmanager
async def served(data: Path) -> AsyncGenerator[int]:
    """A server of this process, and its port."""
    settings = Settings(data_dir=str(data), warm="off")
    app = create_app(settings, open_ports, pace=PACE)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(SOON):
            while not server.started:
                await asyncio.wait([serving], timeout=0.02)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


async def stalled(port: int, path: str, kind: str, begun: bytes, *more: str) -> bytes:
    """Return the bytes until the server closes a connection that sent only this."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: {kind}", *more)
    writer.write("\r\n".join((*head, "", "")).encode() + begun)
    await writer.drain()
    async with asyncio.timeout(SOON):
        answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize("length", ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
async def test_who_stops_half_way_is_told_and_hung_up_on(tmp_path: Path, length: str) -> None:
    chunked = "chunked" in length
    async with served(tmp_path) as port:
        answers = await asyncio.gather(
            *(
                stalled(
                    port,
                    path,
                    kind,
                    f"{len(body):x}\r\n".encode() + body + b"\r\n" if chunked else body,
                    length,
                )
                for path, kind, body in (
                    ("/api/moves", FORM, FILE + bytes(500)),
                    ("/api/songs", FORM, FILE + bytes(500)),
                    ("/api/songs", FORM, b"-"),
                    ("/api/choreography/assemble", "application/json", b'{"moves": ['),
                )
            )
        )

    assert [answer.split(b"\r\n")[0] for answer in answers] == [b"HTTP/1.1 408 Request Timeout"] * 4
    assert list((tmp_path / "work").iterdir()) == []
