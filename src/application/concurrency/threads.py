"""Blocking calls in threads, a bounded number of each kind, so that no kind holds up another."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Final, TypeVar, cast
from weakref import WeakKeyDictionary

from application.concurrency.timeouts import LEAVING, ended, limited
from domain.shared.errors import WaitedTooLong

T = TypeVar("T")

LIMIT: Final = 600.0
"""Seconds that a call may take: hashing or copying the largest files takes a minute or two."""
TURN: Final = 60.0
"""Seconds that a call may wait for a thread."""


class Threads:
    """Threads for one kind of calls, ``most`` of them at a time; each call has its own.

    A thread cannot be stopped. What is given up runs on, and its place is free again only when
    the call has returned. The process does not wait for these threads when it ends.
    """

    def __init__(
        self,
        name: str,
        most: int,
        *,
        limit: float = LIMIT,
        turn: float = TURN,
        leaving: float = LEAVING,
    ) -> None:
        """Take what the calls do, such as "reading files", how many at a time, and seconds."""
        self.name = name
        self._most = most
        self._limit = limit
        self._turn = turn
        self._leaving = leaving
        self._places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]
        self._places = WeakKeyDictionary()

    async def run(self, call: Callable[[], T]) -> T:
        """Return what ``call`` returns; raises `WaitedTooLong` where it does not in time.

        A caller that is cancelled waits for the call's end, but not for long.
        """
        returned = await self.start(call)
        try:
            await asyncio.wait({returned}, timeout=self._limit)
        except asyncio.CancelledError:
            await ended(returned, self.name, self._leaving)
            raise
        if not returned.done():
            returned.cancel()
            raise WaitedTooLong(self.name, self._limit)
        return returned.result()

    async def start(self, call: Callable[[], T]) -> "asyncio.Future[T]":
        """Begin a call and return what becomes of it; raises `WaitedTooLong` for want of a thread.

        Cancelling what is returned does not end the call.
        """
        loop = asyncio.get_running_loop()
        places = self._places.setdefault(loop, asyncio.Semaphore(self._most))
        async with limited(f"a free thread for {self.name}", self._turn):
            await places.acquire()
        returned: asyncio.Future[T] = loop.create_future()

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
                # A future refuses it, and would never be done.
                failure = RuntimeError("the call raised StopIteration")
                failure.__cause__ = error
            except BaseException as error:
                failure = error
            # A loop that is closed has nobody left who waits.
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
