"""An ASGI application driven by hand: every message it sends, and a client that may leave."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from litestar import Litestar


@dataclass
class Exchange:
    """A request, and what is sent in answer."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    whole: bool = True
    """True if the body is complete."""

    def __post_init__(self) -> None:
        self.leave = asyncio.Event()
        """Set it, and the client is gone."""
        self.sent: list[dict[str, Any]] = []
        self.asked = False
        """True if the body was requested."""

    async def run(self, app: Litestar) -> "Exchange":
        """Let the application answer to its end."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"backend")]
            + [(name.lower().encode(), value.encode()) for name, value in self.headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }
        await app(cast(Any, scope), cast(Any, self._receive), cast(Any, self._send))
        return self

    @property
    def status(self) -> int:
        """Status of the answer."""
        return self.sent[0]["status"]

    @property
    def answered(self) -> dict[str, str]:
        """Headers of the answer, in lower case."""
        return {name.decode().lower(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def content(self) -> bytes:
        """Body of the answer."""
        return b"".join(message.get("body", b"") for message in self.sent[1:])

    async def _receive(self) -> dict[str, Any]:
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": self.body, "more_body": not self.whole}
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            # As servers have it: after the answer there is nothing to come but the end.
            self.leave.set()


class Following(Exchange):
    """A request whose answer is read while it is sent, as by a client that may not read on."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.reads = asyncio.Event()
        """Clear it, and the client reads nothing more."""
        self.reads.set()
        self._arrived = asyncio.Condition()

    async def until(self, text: str, times: int = 1) -> str:
        """Return everything that has come, once this text has come so many times."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: self.text.count(text) >= times)
        return self.text

    @property
    def text(self) -> str:
        """Everything that has come."""
        return self.content.decode()

    async def _send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        await super()._send(message)
        async with self._arrived:
            self._arrived.notify_all()


@dataclass
class Socket:
    """A WebSocket, and what is sent on it."""

    path: str
    query: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    extensions: Mapping[str, Any] = field(
        default_factory=lambda: {"websocket.http.response": dict[str, str]()}
    )

    def __post_init__(self) -> None:
        self.leave = asyncio.Event()
        """Set it, and the client is gone."""
        self.reads = asyncio.Event()
        """Clear it, and the client reads nothing more."""
        self.reads.set()
        self.sent: list[dict[str, Any]] = []
        self._asked = False
        self._arrived = asyncio.Condition()

    async def run(self, app: Litestar) -> "Socket":
        """Let the application serve it to its end."""
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query,
            "root_path": "",
            "headers": [(b"host", b"backend")]
            + [(name.lower().encode(), value.encode()) for name, value in self.headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "subprotocols": [],
            "extensions": dict(self.extensions),
        }
        await app(cast(Any, scope), cast(Any, self._receive), cast(Any, self._send))
        return self

    async def until(self, number: int) -> list[dict[str, Any]]:
        """Return the messages, once there are so many."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.messages) >= number)
        return self.messages

    async def until_closed(self) -> int:
        """Return the code of the close, once it has come."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: "code" in self.sent[-1])
        return self.closed

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages that have come."""
        frames = [each for each in self.sent if each["type"] == "websocket.send"]
        return [json.loads(each.get("text") or each["bytes"]) for each in frames]

    @property
    def closed(self) -> int:
        """Code of the close."""
        return self.sent[-1]["code"]

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "websocket.connect"}
        await self.leave.wait()
        return {"type": "websocket.disconnect", "code": 1005}

    async def _send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        self.sent.append(message)
        async with self._arrived:
            self._arrived.notify_all()
