"""Time limits for answering requests."""

import asyncio
import logging
from collections.abc import Callable
from contextvars import copy_context
from typing import Final

from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, get_contextvars

from application.concurrency.timeouts import Timeouts, ended, stack_of
from domain.shared.errors import NotReady, WaitedTooLong
from entrypoints.http.access_log import method_of

_log = logging.getLogger("bachata.http")

MAKES: Final = "makes"
"""Option of a read-only route that may make something."""
_STOPPED: Final = "The service is being stopped."
_READ: Final = ("GET", "HEAD", "OPTIONS", "DELETE", "PATCH", "WEBSOCKET")


class Requests:
    """The requests in progress."""

    def __init__(self, timeouts: Timeouts, film_seconds: float) -> None:
        """Take the limits, and the time limit of a film in seconds."""
        self._timeouts = timeouts
        self._film_seconds = film_seconds
        self._running: set[asyncio.Task[None]] = set()

    def in_time(self, app: ASGIApp) -> ASGIApp:
        """Wrap an application so that each request must make progress within its limit.

        Progress means that a piece of the body arrives or a piece of the answer is sent, such as a
        message of a WebSocket, or the heartbeat of a stream of events. A request
        without progress is cancelled and answered with `WaitedTooLong`; the log contains its call
        stack. If it ignores the cancellation, it is abandoned.
        """

        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            clock = _Clock(self._limit(scope), self._timeouts.reader)

            async def answer() -> None:
                await app(scope, clock.receiving(receive), clock.sending(send))

            context = copy_context()
            task = asyncio.create_task(answer(), context=context)
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            name = f"{method_of(scope)} {scope['path']}"
            try:
                await clock.passed(task)
            except asyncio.CancelledError:
                # Only a server that stops cancels a request: its grace time is over.
                task.cancel()
                over = await ended(task, name, self._timeouts.leaving)
                if over and not task.cancelled():
                    task.result()
                    return
                if clock.answering:
                    raise
                raise NotReady(_STOPPED) from None
            finally:
                # The access log of this request contains its task id.
                bind_contextvars(**context.run(get_contextvars))
            if not task.done():
                _log.error(
                    "a request exceeded its time limit: %s", name, extra={"stack": stack_of(task)}
                )
                task.cancel()
                over = await ended(task, name, self._timeouts.leaving)
                # It may have been answered at the last moment, like a film that is late.
                if not over or task.cancelled():
                    raise WaitedTooLong(f"what {name} needs", clock.limit)
            if task.cancelled():
                raise NotReady(_STOPPED)
            task.result()

        return answered

    async def stop(self) -> None:
        """Cancel all requests in progress, and wait briefly for their end."""
        running = list(self._running)
        for task in running:
            task.cancel()
        if running:
            everything = asyncio.gather(*running, return_exceptions=True)
            await ended(everything, "requests that are being answered", self._timeouts.closing)

    def _limit(self, scope: Scope) -> float:
        makes = scope["route_handler"].opt.get(MAKES) or method_of(scope) not in _READ
        return self._film_seconds + self._timeouts.work if makes else self._timeouts.answer


class _Clock:
    """The time since the last progress of a request; waiting for the client has its own limit."""

    def __init__(self, limit: float, reader: float) -> None:
        self.limit = limit
        self.answering = False
        """True once a piece of the answer was sent."""
        self._reader = reader
        self._now: Callable[[], float] = asyncio.get_running_loop().time
        self._until = self._now() + limit

    def receiving(self, receive: Receive) -> Receive:
        """Return ``receive``, wrapped so that each piece of the body restarts the clock."""

        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                self._until = self._now() + self.limit
            return message  # pyright: ignore[reportReturnType]

        return receiving  # pyright: ignore[reportReturnType]

    def sending(self, send: Send) -> Send:
        """Return ``send``, wrapped so that each piece of the answer restarts the clock."""

        async def sending(message: Message) -> None:
            self.answering = True
            self._until = self._now() + self._reader
            await send(message)
            self._until = self._now() + self.limit

        return sending

    async def passed(self, task: "asyncio.Task[None]") -> None:
        """Return when the task has ended, or its time is over."""
        while not task.done() and (seconds := self._until - self._now()) > 0:
            await asyncio.wait({task}, timeout=seconds)
