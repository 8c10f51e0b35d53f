"""An ASGI application driven by hand: every message it sends, and a client that may leave."""

import asyncio
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
            "headers": [(b"host", b"house")]
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
