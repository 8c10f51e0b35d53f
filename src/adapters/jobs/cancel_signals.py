"""Signals that jobs are to stop, within one process."""

import asyncio
from typing import Final
from uuid import UUID

REMEMBERED: Final = 1024
"""Number of signals that are remembered until somebody waits for them."""


class CancelSignals:
    """Passes signals on to those who wait for them, also if they begin to wait afterwards."""

    def __init__(self) -> None:
        """Start without signals."""
        self._signalled: dict[UUID, None] = {}
        self._waiting: dict[UUID, set[asyncio.Event]] = {}

    def signal(self, job_id: UUID) -> None:
        """Signal that a job is to stop; of many signals the newest are remembered."""
        if events := self._waiting.get(job_id):
            for event in events:
                event.set()
            return
        self._signalled.pop(job_id, None)
        self._signalled[job_id] = None
        if len(self._signalled) > REMEMBERED:
            del self._signalled[next(iter(self._signalled))]

    async def signalled(self, job_id: UUID, seconds: float) -> bool:
        """Wait up to ``seconds`` for a signal; return True if there was one."""
        if job_id in self._signalled:
            del self._signalled[job_id]
            return True
        event = asyncio.Event()
        events = self._waiting.setdefault(job_id, set())
        events.add(event)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return event.is_set()
        finally:
            events.discard(event)
            if not events:
                self._waiting.pop(job_id, None)
        return True
