"""Blocking steps in threads, which are left alone only where they do not end."""

import asyncio
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any, Final, TypeVar

from application.concurrency import timeouts
from application.concurrency.threads import LIMIT, TURN, Threads
from domain.shared.errors import WaitedTooLong

T = TypeVar("T")

MOST: Final = 8
"""Steps at a time; the rest wait, so that slow disks take no threads from others."""
PARTING: Final = 10.0
"""Seconds that a step may take to end once nobody wants its result any more."""


class Steps:
    """Runs blocking steps beside the event loop.

    A caller that is cancelled waits until its step has ended, so that the step can clean up after
    itself; `Event` tells the step that nobody wants its result any more. A step that does not end
    is left alone, as on a disk that is gone: it is undone if it ends after all.
    """

    def __init__(
        self,
        name: str = "the disk",
        *,
        limit: float = LIMIT,
        turn: float = TURN,
        parting: float = PARTING,
    ) -> None:
        """Take what is waited for, and the seconds for a step, for its turn and for its end."""
        self._name = name
        self._limit = limit
        self._parting = parting
        self._threads = Threads(name, MOST, turn=turn)
        self._undoing = Threads(name, MOST, turn=turn)

    async def run(self, step: Callable[[Event], T], undo: Callable[[T], object] | None = None) -> T:
        """Return what ``step`` returns; ``undo`` that when the caller was cancelled meanwhile.

        Raises `WaitedTooLong` when it takes longer than the limit, or waits too long for its turn.
        """
        unwanted = Event()
        work = await self._threads.start(partial(step, unwanted))
        try:
            await asyncio.wait({work}, timeout=self._limit)
        except asyncio.CancelledError:
            unwanted.set()
            await self._left(work, undo)
            raise
        if work.done():
            return work.result()
        unwanted.set()
        await self._left(work, undo)
        raise WaitedTooLong(self._name, self._limit)

    async def _left(self, work: "asyncio.Future[T]", undo: Callable[[T], object] | None) -> None:
        """Undo a step that nobody wants once it has ended; wait for both, but not for long."""
        undoing = asyncio.ensure_future(self._undone(work, undo))
        await timeouts.ended(undoing, self._name, self._parting)

    async def _undone(self, work: "asyncio.Future[T]", undo: Callable[[T], object] | None) -> None:
        await asyncio.wait({work})
        if work.exception() is None and undo is not None:
            result = work.result()
            await self._undoing.run(partial(undo, result))


async def ended(work: "asyncio.Task[Any]", awaited: str, patience: float) -> None:
    """Wait for a task, however often the waiting is cancelled.

    One that has not ended after ``patience`` seconds is cancelled, and then abandoned if need be.
    """
    if not await timeouts.passed(work, patience):
        work.cancel()
    await timeouts.ended(work, awaited, timeouts.LEAVING)
