"""Call routes of the application within the process."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextvars import copy_context
from typing import Any, Final, cast

import msgspec
from litestar import Litestar
from litestar.types import ASGIApp
from structlog.contextvars import get_contextvars

from application.concurrency.timeouts import Timeouts, ended
from entrypoints.http.event_stream import EVENTS
from entrypoints.mcp.tools import Call

CREDENTIALS: Final = ("authorization", "x-api-key")
"""Headers that name the caller of a request."""
_JSON: Final = "application/json"
_END: Final = b"\n\n"

Told = Callable[[dict[str, Any]], Awaitable[None]]
"""Receives each report of progress."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of a route."""

    failed: bool
    body: bytes
    """JSON; empty if the route has nothing to say."""
    task_id: str | None
    """Id of the task under which the log knows the work."""


class Routes:
    """The routes of an application, with their guards, limits and problems."""

    def __init__(self, app: Litestar, handler: ASGIApp, timeouts: Timeouts) -> None:
        """Take the application, its handler without the access log, and the limits."""
        self._app = app
        self._handler = handler
        self._leaving = timeouts.leaving

    async def __call__(
        self, call: Call, request_scope: Mapping[str, Any], on_progress: Told | None
    ) -> Answer:
        """Return the answer to a call, for the caller of the request with this scope.

        With ``on_progress`` the route tells its progress, if it can. If this is cancelled, the
        route sees its client leave, and has ended when `asyncio.CancelledError` is raised.
        """
        exchange = _Exchange(call.body, on_progress)
        accepted = EVENTS if on_progress is not None else _JSON
        own = {"content-type": _JSON, "accept": accepted, **call.headers}
        headers = [(name.lower().encode(), value.encode()) for name, value in own.items()]
        headers += [each for each in request_scope["headers"] if each[0].decode() in CREDENTIALS]
        same = {
            name: request_scope.get(name) for name in ("client", "server", "scheme", "http_version")
        }
        scope: dict[str, Any] = {
            **same,
            "type": "http",
            "asgi": request_scope["asgi"],
            "app": self._app,
            "litestar_app": self._app,
            "state": {},
            "root_path": "",
            "method": call.method,
            "path": call.path,
            "raw_path": call.path.encode(),
            "query_string": call.query,
            "headers": headers,
        }
        context = copy_context()
        answered = self._handler(
            cast(Any, scope), cast(Any, exchange.receive), cast(Any, exchange.send)
        )
        work = asyncio.create_task(_run(answered), context=context)
        try:
            # The application limits the time of its routes.
            await asyncio.wait({work})
            work.result()
        finally:
            exchange.left.set()
            await ended(work, f"{call.method} {call.path}", self._leaving)
        return exchange.answer(context.run(get_contextvars).get("task_id"))


async def _run(work: Awaitable[None]) -> None:
    await work


class _Exchange:
    """One call, and what the route sends."""

    def __init__(self, body: bytes, on_progress: Told | None) -> None:
        self.left = asyncio.Event()
        """Set when nobody waits for the answer any more."""
        self._body = body
        self._asked = False
        self._on_progress = on_progress
        self._status = 0
        self._streams = False
        self._read = b""
        self._outcome: tuple[str, bytes] | None = None

    async def receive(self) -> dict[str, Any]:
        """Return the body, and then that the client has left, once it has."""
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        """Take a message of the answer."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            kinds = [value for name, value in message["headers"] if name == b"content-type"]
            self._streams = any(kind.startswith(EVENTS.encode()) for kind in kinds)
            return
        self._read += message.get("body", b"")
        while self._streams and _END in self._read:
            event, _, self._read = self._read.partition(_END)
            await self._take(event)

    async def _take(self, event: bytes) -> None:
        """Pass on an event of the stream; a comment has no data."""
        lines = [line.partition(b": ") for line in event.split(b"\n")]
        fields = {name.decode(): value for name, _, value in lines}
        if "data" not in fields:
            return
        name = fields.get("event", b"").decode()
        if name != "progress":
            self._outcome = name, fields["data"]
        elif self._on_progress is not None:
            await self._on_progress(msgspec.json.decode(fields["data"]))

    def answer(self, task_id: str | None) -> Answer:
        """Return the whole answer; a stream without an outcome has failed."""
        if not self._streams:
            failed = not 200 <= self._status < 300
            return Answer(failed=failed, body=self._read, task_id=task_id)
        name, data = self._outcome or ("problem", b"")
        return Answer(failed=name != "result", body=data, task_id=task_id)
