"""A proxy between a client and an HTTP server that makes trouble when it is told to."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Final, cast
from urllib.parse import urlsplit

import msgspec

_PIECE: Final = 64 * 1024
_BODY: Final = b"<?xml version='1.0'?><Error><Code>ServiceUnavailable</Code></Error>"
_BUSY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/xml\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(_BODY), _BODY)
)


class Fault(StrEnum):
    """The fate of a request."""

    BUSY = "busy"
    """It is answered with 503."""
    RESET = "reset"
    """Its connection is reset before it reaches the server."""
    LOST = "lost"
    """It is carried out, and the connection reset in place of the answer."""
    CUT = "cut"
    """The answer ends before its end."""
    SLOW = "slow"
    """The rest of the answer comes byte by byte."""
    STALL = "stall"
    """The rest of the answer never comes."""
    DEAF = "deaf"
    """Its body is not read, and it is never answered."""
    MUTE = "mute"
    """It is carried out, and never answered."""


class Trouble(msgspec.Struct):
    """A fault, for the first requests whose first line has this pattern in it."""

    fault: Fault
    pattern: str = ""
    times: int = 1_000_000
    after: int = 0
    """Bytes of the answer's body that come as they should."""
    struck: int = 0
    carried_out: int = 0
    """The number of mute requests that the server has carried out."""


class FaultProxy:
    """Hands every request on, over a connection of its own, unless there is trouble for it."""

    def __init__(self, upstream: str) -> None:
        self._upstream = urlsplit(upstream)
        self._serving: set[asyncio.Task[None]] = set()
        self.endpoint = ""
        self.troubles: list[Trouble] = []
        self.lines: list[str] = []
        """First line of every request."""

    def trouble(
        self, fault: Fault, pattern: str = "", *, times: int = 1_000_000, after: int = 0
    ) -> Trouble:
        """Have trouble from now on; it says how often it struck."""
        trouble_entry = Trouble(fault, pattern, times, after)
        self.troubles.append(trouble_entry)
        return trouble_entry

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one request, and close."""
        task = cast("asyncio.Task[None]", asyncio.current_task())
        # A connection that is not read, and its task, are known to nobody else.
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                head = await reader.readuntil(b"\r\n\r\n")
                line = head.partition(b"\r\n")[0].decode()
                self.lines.append(line)
                trouble = self._due(line)
                if await self._refused(trouble, writer):
                    return
                await self._handed_on(head, reader, writer, trouble)
        finally:
            writer.close()

    def _due(self, line: str) -> Trouble | None:
        for trouble in self.troubles:
            if re.search(trouble.pattern, line) and trouble.struck < trouble.times:
                trouble.struck += 1
                return trouble
        return None

    async def _refused(self, trouble: Trouble | None, writer: asyncio.StreamWriter) -> bool:
        match trouble and trouble.fault:
            case Fault.BUSY:
                writer.write(_BUSY)
                await writer.drain()
            case Fault.RESET:
                writer.transport.abort()
            case Fault.DEAF:
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                await _for_ever()
            case _:
                return False
        return True

    async def _handed_on(
        self,
        head: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        trouble: Trouble | None,
    ) -> None:
        host, port = self._upstream.hostname, self._upstream.port
        source, sink = await asyncio.open_connection(host, port)
        there = asyncio.create_task(_carried(reader, sink))
        try:
            # One request a connection: the server's end of it is the end of the answer.
            sink.write(_closing(head))
            await self._answered(source, writer, trouble)
        finally:
            there.cancel()
            sink.close()
            await asyncio.gather(there, return_exceptions=True)

    async def _answered(
        self,
        source: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        trouble: Trouble | None,
    ) -> None:
        head = await source.readuntil(b"\r\n\r\n")
        while b" 100 " in head.partition(b"\r\n")[0]:
            writer.write(head)
            head = await source.readuntil(b"\r\n\r\n")
        if trouble is None:
            writer.write(head)
            await _carried(source, writer)
            return
        if trouble.fault is Fault.LOST:
            await source.read(-1)
            writer.transport.abort()
            return
        if trouble.fault is Fault.MUTE:
            await source.read(-1)
            trouble.carried_out += 1
            await _for_ever()
            return
        writer.write(head + await source.readexactly(trouble.after))
        await writer.drain()
        if trouble.fault is Fault.SLOW:
            while byte := await source.read(1):
                writer.write(byte)
                await writer.drain()
                await asyncio.sleep(0.02)
        if trouble.fault is Fault.STALL:
            await _for_ever()

    async def end(self) -> None:
        """Let go of all connections."""
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)


async def _for_ever() -> None:
    """Wait until the proxy ends."""
    await asyncio.get_running_loop().create_future()


async def _carried(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while piece := await source.read(_PIECE):
        sink.write(piece)
        await sink.drain()


def _closing(head: bytes) -> bytes:
    headers = re.sub(rb"(?im)^connection:.*\r\n", b"", head)
    return headers.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)


@asynccontextmanager
async def fault_proxy(upstream: str) -> AsyncGenerator[FaultProxy]:
    """A proxy before the server at the address ``upstream``."""
    proxy = FaultProxy(upstream)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=1 << 20)
    host, port = server.sockets[0].getsockname()[:2]
    proxy.endpoint = f"http://{host}:{port}"
    try:
        yield proxy
    finally:
        server.close()
        await server.wait_closed()
        await proxy.end()
