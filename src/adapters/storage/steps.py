"""Blocking steps in threads, none of them ever left running alone."""

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Any, Final, TypeVar

from anyio import CancelScope, CapacityLimiter, to_thread

T = TypeVar("T")

MOST: Final = 8
"""Steps at a time; the rest wait, so that slow disks take no threads from others."""


class Steps:
    """Runs blocking steps beside the event loop.

    A caller that is cancelled still waits until its step has ended, so that the step can clean up
    after itself; `Event` tells the step that nobody wants its result any more.
    """

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(MOST)

    async def run(self, step: Callable[[Event], T], undo: Callable[[T], object] | None = None) -> T:
        """Return what ``step`` returns; ``undo`` that when the caller was cancelled meanwhile."""
        unwanted = Event()
        work = asyncio.ensure_future(to_thread.run_sync(step, unwanted, limiter=self._limiter))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            unwanted.set()
            await ended(work)
            if undo is not None and not work.cancelled() and work.exception() is None:
                result = work.result()
                await ended(asyncio.ensure_future(to_thread.run_sync(undo, result)))
            raise


async def ended(work: "asyncio.Future[Any]", patience: float | None = None) -> None:
    """Wait for ``work``, however often the waiting is cancelled.

    Work that has not ended after ``patience`` seconds is cancelled, and then waited for.
    """
    clock = asyncio.get_running_loop().time
    until = None if patience is None else clock() + patience
    with CancelScope(shield=True):
        while not work.done():
            try:
                await asyncio.wait([work], timeout=until and max(0.0, until - clock()))
            except asyncio.CancelledError:
                continue
            if until is not None and clock() >= until:
                work.cancel()
                until = None
    if not work.cancelled():
        work.exception()
