"""Run blocking calls in threads, a limited number of each kind, so that kinds do not block each
other.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Final, TypeVar, cast
from weakref import WeakKeyDictionary

from application.concurrency.resource_meter import current_meter
from application.concurrency.timeouts import LEAVING, ended, limited
from domain.shared.errors import WaitedTooLong

T = TypeVar("T")

LIMIT: Final = 600.0
"""Maximum seconds of a call; hashing or copying the largest files takes a minute or two."""
QUEUE_WAIT: Final = 60.0
"""Maximum seconds that a call waits for a thread."""


class Threads:
    """Threads for one kind of calls, at most ``most`` at a time; each call has its own thread.

    A thread cannot be stopped: an abandoned call continues, and its place becomes free only when it
    returns. The process does not wait for these threads when it ends.
    """

    def __init__(
        self,
        name: str,
        most: int,
        *,
        limit: float = LIMIT,
        queue_wait: float = QUEUE_WAIT,
        leaving: float = LEAVING,
    ) -> None:
        """Take the kind of calls, such as "reading files", their maximum number, and limits in
        seconds.
        """
        self.name = name
        self._most = most
        self._limit = limit
        self._queue_wait = queue_wait
        self._leaving = leaving
        self._places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]
        self._places = WeakKeyDictionary()

    async def run(self, call: Callable[[], T], stop: Callable[[], object] | None = None) -> T:
        """Return the result of ``call``; raises `WaitedTooLong` if it exceeds the time limit.

        A cancelled caller waits briefly for the end of the call. ``stop`` asks the call to end; it
        is called when nobody waits for the result any more.
        """
        returned = await self.start(call)
        try:
            await asyncio.wait({returned}, timeout=self._limit)
        except asyncio.CancelledError:
            if stop is not None:
                stop()
            await ended(returned, self.name, self._leaving)
            raise
        if not returned.done():
            if stop is not None:
                stop()
            returned.cancel()
            raise WaitedTooLong(self.name, self._limit)
        return returned.result()

    async def start(self, call: Callable[[], T]) -> "asyncio.Future[T]":
        """Start a call and return its future; raises `WaitedTooLong` if no thread becomes free.

        Cancelling the future does not end the call.
        """
        loop = asyncio.get_running_loop()
        places = self._places.setdefault(loop, asyncio.Semaphore(self._most))
        async with limited(f"a free thread for {self.name}", self._queue_wait):
            await places.acquire()
        returned: asyncio.Future[T] = loop.create_future()

        meter = current_meter()

        def settle(result: T | None, error: BaseException | None) -> None:
            places.release()
            if returned.done():
                return
            if error is None:
                returned.set_result(cast(T, result))
            else:
                returned.set_exception(error)

        def body(context_run: Callable[[Callable[[], T]], T]) -> None:
            result, failure = None, None
            try:
                result = context_run(call)
            except StopIteration as error:
                # A future refuses StopIteration and would never be done.
                failure = RuntimeError("the call raised StopIteration")
                failure.__cause__ = error
            except BaseException as error:
                failure = error
            if meter is not None:
                meter.computed(time.thread_time())
            # The event loop is closed, so nobody waits for the result.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(settle, result, failure)

        thread = threading.Thread(
            target=body, args=(copy_context().run,), name=self.name, daemon=True
        )
        try:
            thread.start()
        except RuntimeError:
            places.release()
            raise
        return returned


FILES: Final = Threads("reading and writing files", 8)
HASHING: Final = Threads("hashing files", 4)
PLANNING: Final = Threads("planning", 4)
IMPORTS: Final = Threads("loading libraries", 2)
