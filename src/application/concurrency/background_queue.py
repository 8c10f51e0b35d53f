"""Work that is done after whoever caused it has been answered."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from application.concurrency.timeouts import Timeouts, ended, within
from domain.shared.errors import BachataError

_log = logging.getLogger("bachata.later")

Work = Callable[[], Awaitable[object]]


class BackgroundQueue:
    """Does one piece of work after another; what fails is logged and keeps nothing else back.

    Nor does what never ends: over its time it is cancelled, or left behind. What is not done when
    the service ends is not done at all: it is for work that is done on demand otherwise.
    """

    def __init__(self, timeouts: Timeouts | None = None) -> None:
        """Begin with nothing to do."""
        self._timeouts = timeouts or Timeouts()
        self._waiting: deque[tuple[str, Work]] = deque()
        self._working: asyncio.Task[None] | None = None

    def __call__(self, what: str, work: Work) -> None:
        """Have some work done soon; ``what`` it is the log is told when it fails."""
        self._waiting.append((what, work))
        if self._working is None:
            self._working = asyncio.create_task(self._work())

    async def done(self) -> None:
        """Return once there is nothing left to do; each piece of work has a limit."""
        if self._working is not None:
            await asyncio.wait([self._working])

    async def close(self) -> None:
        """Stop working; work that does not end is left behind."""
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
        except BachataError as error:
            _log.warning("%s failed: %s", what, error)
        except Exception:
            _log.exception("%s failed", what)


async def _awaited(work: Work) -> None:
    await work()
