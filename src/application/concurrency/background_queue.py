"""A queue for work that continues after a request has been answered."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from application.concurrency.timeouts import Timeouts, ended, within
from domain.shared.errors import BachataError

_log = logging.getLogger("bachata.background")

Work = Callable[[], Awaitable[object]]


class BackgroundQueue:
    """Runs one piece of work after another; a failure is logged and does not affect the others.

    Work over its time limit is cancelled, and abandoned if it does not end. Work that is unfinished
    when the service ends is dropped, so it must be optional: a request that needs it does it
    itself.
    """

    def __init__(self, timeouts: Timeouts | None = None) -> None:
        """Start with an empty queue."""
        self._timeouts = timeouts or Timeouts()
        self._waiting: deque[tuple[str, Work]] = deque()
        self._working: asyncio.Task[None] | None = None

    def __call__(self, what: str, work: Work) -> None:
        """Add work to the queue; ``what`` names it in the log if it fails."""
        self._waiting.append((what, work))
        if self._working is None:
            self._working = asyncio.create_task(self._work())

    def once(self, what: str, work: Work) -> None:
        """Add work to the queue, unless work of this name waits there.

        Work that has begun does not count, because it may not see what has changed since.
        """
        if all(waiting != what for waiting, _ in self._waiting):
            self(what, work)

    async def done(self) -> None:
        """Return when the queue is empty; each piece of work has a time limit."""
        if self._working is not None:
            await asyncio.wait([self._working])

    async def close(self) -> None:
        """Stop; work that does not end is abandoned."""
        self._waiting.clear()
        if self._working is not None:
            self._working.cancel()
            await ended(self._working, "work in the background", self._timeouts.closing)

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._tried(*self._waiting.popleft())
        finally:
            self._working = None

    async def _tried(self, what: str, work: Work) -> None:
        limits = self._timeouts
        try:
            await within(what, limits.background, _awaited(work), limits.leaving)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # What the work awaited was cancelled, not the queue.
            _log.exception("%s failed", what)
        except BachataError as error:
            _log.warning("%s failed: %s", what, error)
        except Exception:
            _log.exception("%s failed", what)


async def _awaited(work: Work) -> None:
    await work()
