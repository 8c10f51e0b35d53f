"""A receiver of webhooks on this machine, which remembers what came."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple, cast

from standardwebhooks import Webhook

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Received(NamedTuple):
    """A request that has come."""

    target: str
    headers: dict[str, str]
    body: bytes

    def verified(self, secret: str) -> dict[str, object]:
        """Return the message; raises `WebhookVerificationError` unless the secret signs it."""
        message = Webhook(secret).verify(self.body, self.headers)
        assert isinstance(message, dict)
        return cast(dict[str, object], message)


class Receiver:
    """An HTTP server that answers each request with ``answer``; None leaves it without one."""

    def __init__(self, answer: Callable[[Received], bytes | None] = lambda _: ANSWER) -> None:
        self.answer = answer
        self.received: list[Received] = []
        self.port = 0
        self._came = asyncio.Condition()
        self.connections = 0
        self._leaving = asyncio.Event()

    @asynccontextmanager
    async def opened(
        self, context: ssl.SSLContext | None = None, port: int = 0
    ) -> AsyncGenerator["Receiver"]:
        """Listen on the loopback address."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", port, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self._leaving.set()
            server.close()
            await server.wait_closed()

    def url(self, path: str = "/hooks?a=1", host: str = "127.0.0.1", scheme: str = "http") -> str:
        """Return a URL of this receiver."""
        return f"{scheme}://{host}:{self.port}{path}"

    async def until(self, number: int, within: float = 30) -> None:
        """Wait until so many requests have come."""
        async with asyncio.timeout(within), self._came:
            await self._came.wait_for(lambda: len(self.received) >= number)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            pairs = (line.split(": ", 1) for line in head[1:] if line)
            headers = {name.lower(): value for name, value in pairs}
            body = await reader.readexactly(int(headers["content-length"]))
            received = Received(head[0].split(" ")[1], headers, body)
            answer = self.answer(received)
            async with self._came:
                self.received.append(received)
                self._came.notify_all()
            if answer is None:
                await self._leaving.wait()
                return
            writer.write(answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            writer.close()
