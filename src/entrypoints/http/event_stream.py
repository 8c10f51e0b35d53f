"""Answer with server-sent events, as in the HTML standard."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any, Final, cast

import msgspec
from litestar import Request, Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.response.base import ASGIResponse
from litestar.types import HTTPResponseStartEvent, Receive, Scope, Send

from application.concurrency.timeouts import Timeouts, limited
from application.jobs.watch_task import FROM_RECORD, Outcome, Update
from application.ports.job_events import JobEvent
from domain.jobs.errors import SubscriberTooSlow
from domain.jobs.outcome import raisable
from domain.shared.errors import BachataError
from domain.shared.raw_json import Passed, passed
from entrypoints.http import problems
from entrypoints.http.disconnect import until_stopped, while_connected
from entrypoints.http.problems import ClientGone

EVENTS: Final = "text/event-stream"
END: Final = "end"
"""Id of the event after which nothing follows."""
_HEARTBEAT: Final = b": the task goes on\n\n"
_BEGIN: Final = b"retry: 2000\n\n"
"""Milliseconds after which a browser connects again."""
_HEADERS: Final = {
    "Content-Type": EVENTS,
    # Proxies would collect events before they pass them on.
    "X-Accel-Buffering": "no",
}

_log = logging.getLogger("bachata.http")

Open = Callable[[], AbstractAsyncContextManager[AsyncIterator[Update]]]
"""Opens the updates that are sent; its errors are answered as those of any route."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """The progress of a task."""

    task_id: str
    stage: str
    progress: int
    """Progress of the whole task in per cent; it never falls."""
    message: str
    eta_seconds: float | None
    """Estimated seconds until the end, if an estimate is possible."""
    metadata: Passed
    """The metadata of the request."""


DOCUMENTED: Final = ResponseSpec(
    str,
    description="`progress` events, then one `result` or one `problem`",
    media_type=EVENTS,
    generate_examples=False,
)
"""Documentation of the response."""


class EventStream(Response[bytes]):
    """Sends updates until the outcome; the client may leave at any time."""

    def __init__(
        self,
        opened: Open,
        headers: dict[str, str] | None = None,
        stopping: asyncio.Event | None = None,
    ) -> None:
        """Take the function that opens the updates, and headers, which it may still change.

        A stream that its client can resume at another process ends when ``stopping`` is set.
        """
        super().__init__(b"", media_type=EVENTS)
        self._opened = opened
        self._stopping = stopping
        self._more = {} if headers is None else headers

    def to_asgi_response(
        self,
        app: object,
        request: Request[Any, Any, Any],
        **_: object,
    ) -> ASGIResponse:
        """Return the application that sends the events."""
        return cast(ASGIResponse, _Sending(self._opened, self._more, request, self._stopping))


class _Sending:
    """One stream that is being sent."""

    def __init__(
        self,
        opened: Open,
        headers: dict[str, str],
        request: Request[Any, Any, Any],
        stopping: asyncio.Event | None,
    ) -> None:
        self._opened = opened
        self._stopping = stopping
        self._headers = headers
        self._request = request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send everything; a client that does not read is disconnected."""
        async with self._opened() as updates:
            named = {**_HEADERS, **self._headers}
            headers = [(name.lower().encode(), value.encode()) for name, value in named.items()]
            start: HTTPResponseStartEvent = {
                "type": "http.response.start",
                "status": 200,
                "headers": headers,
            }
            await send(start)
            try:
                sending = self._send_all(updates, send)
                if self._stopping is not None:
                    sending = until_stopped(self._stopping, sending)
                await while_connected(self._request, sending)
            except ClientGone:
                return
            except SubscriberTooSlow:
                _log.warning("a stream of events is ended: its client reads too slowly")
            except BachataError as error:
                # The answer has begun, so it can only break off; the client may resume.
                _log.warning("a stream of events broke off", extra={"error": str(error)})
                return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_all(self, updates: AsyncIterator[Update], send: Send) -> None:
        await self._piece(send, _BEGIN)
        async with aclosing(cast(AsyncGenerator[Update], updates)):
            async for update in updates:
                await self._piece(send, written(update, self._request.scope["path"]))

    async def _piece(self, send: Send, piece: bytes) -> None:
        limits: Timeouts = self._request.app.state.timeouts
        async with limited("a reader of events", limits.event_reader):
            await send({"type": "http.response.body", "body": piece, "more_body": True})


def is_wanted(request: Request[Any, Any, Any]) -> bool:
    """Return True if the client prefers a stream of events to JSON."""
    return request.accept.best_match(["application/json", EVENTS]) == EVENTS


def written(update: Update, path: str) -> bytes:
    """Return an update as it is sent; ``path`` is that of the request."""
    if update is None:
        return _HEARTBEAT
    name, data = event_of(update, path)
    number = END if isinstance(update, Outcome) else str(update.id)
    line = b"" if number == str(FROM_RECORD) else f"id: {number}\n".encode()
    return line + f"event: {name}\n".encode() + b"data: " + data + b"\n\n"


def event_of(update: JobEvent | Outcome, path: str) -> tuple[str, bytes]:
    """Return the name of an update and its data as JSON, which has no line breaks."""
    if isinstance(update, JobEvent):
        progress = Progress(
            task_id=str(update.job_id),
            stage=update.stage,
            progress=update.progress,
            message=update.message,
            eta_seconds=update.eta_seconds,
            metadata=passed(update.metadata),
        )
        return "progress", msgspec.json.encode(progress)
    if update.failure is not None:
        return "problem", problems.document(path, raisable(update.failure))
    return "result", (update.result or "null").encode()
