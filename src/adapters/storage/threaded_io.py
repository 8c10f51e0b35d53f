"""Run blocking I/O in threads, with limits, cancellation and undo."""

import asyncio
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any, Final, TypeVar

from application.concurrency import timeouts
from application.concurrency.threads import LIMIT, QUEUE_WAIT, Threads
from domain.shared.errors import WaitedTooLong

T = TypeVar("T")

MOST: Final = 8
"""Maximum parallel steps; a limit of its own, so that slow disks do not use up other threads."""
PARTING: Final = 10.0
"""Maximum seconds that a step may take to end after its caller is cancelled."""


class ThreadedIo:
    """Runs blocking steps beside the event loop.

    A cancelled caller waits until its step has ended, so that the step can clean up; an `Event`
    tells the step about the cancellation. A step that does not end, as on a missing disk, is
    abandoned, and undone if it ends later.
    """

    def __init__(
        self,
        name: str = "the disk",
        *,
        limit: float = LIMIT,
        queue_wait: float = QUEUE_WAIT,
        parting: float = PARTING,
    ) -> None:
        """Take a name for messages, and the maximum seconds of a step, of its queueing and of its
        end.
        """
        self._name = name
        self._limit = limit
        self._parting = parting
        self._threads = Threads(name, MOST, queue_wait=queue_wait)
        self._undoing = Threads(name, MOST, queue_wait=queue_wait)

    async def run(self, step: Callable[[Event], T], undo: Callable[[T], object] | None = None) -> T:
        """Return the result of ``step``; call ``undo`` with it if the caller was cancelled.

        Raises `WaitedTooLong` if the step takes longer than the limit, or waits too long in the
        queue.
        """
        unwanted = Event()
        work = await self._threads.start(partial(step, unwanted))
        try:
            await asyncio.wait({work}, timeout=self._limit)
        except asyncio.CancelledError:
            unwanted.set()
            await self._leave(work, undo)
            raise
        if work.done():
            return work.result()
        unwanted.set()
        await self._leave(work, undo)
        raise WaitedTooLong(self._name, self._limit)

    async def _leave(self, work: "asyncio.Future[T]", undo: Callable[[T], object] | None) -> None:
        """Wait for the end of a cancelled step and undo it, within the limit."""
        undoing = asyncio.ensure_future(self._undone(work, undo))
        await timeouts.ended(undoing, self._name, self._parting)

    async def _undone(self, work: "asyncio.Future[T]", undo: Callable[[T], object] | None) -> None:
        await asyncio.wait({work})
        if work.exception() is None and undo is not None:
            result = work.result()
            await self._undoing.run(partial(undo, result))


async def ended(work: "asyncio.Task[Any]", awaited: str, patience: float) -> None:
    """Wait for a task, even if the wait is cancelled repeatedly.

    After ``patience`` seconds the task is cancelled, and abandoned if it still does not end.
    """
    if not await timeouts.passed(work, patience):
        work.cancel()
    await timeouts.ended(work, awaited, timeouts.LEAVING)
