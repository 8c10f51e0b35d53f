"""Events of jobs within one process."""

import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

from application.jobs.subscriptions import BUFFER, Subscriptions
from application.ports.job_events import JobEvent, Subscription

KEPT: Final = 600.0
"""Seconds for which the events of a job are kept after its latest."""
MOST_JOBS: Final = 1_000
MOST_EVENTS: Final = 1_000
"""Maximum number of kept events of a job; one a second and one for each per cent are fewer."""


class _Past:
    """The events of one job."""

    def __init__(self) -> None:
        self.events: deque[JobEvent] = deque(maxlen=MOST_EVENTS)
        self.latest = 0.0
        """Time of the latest event."""


class MemoryJobEvents:
    """Keeps the events of the latest jobs, for some minutes after their end."""

    def __init__(
        self,
        buffer: int = BUFFER,
        most_jobs: int = MOST_JOBS,
        kept: float = KEPT,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the size of a subscriber's buffer, the number of jobs, and the seconds to keep
        events; ``now`` returns the time in seconds.
        """
        self._subscriptions = Subscriptions(buffer)
        self._most_jobs = most_jobs
        self._kept = kept
        self._now = now
        self._past: dict[UUID, _Past] = {}
        """Events by job; the job with the latest event is last."""

    async def publish(self, event: JobEvent) -> None:
        """See `application.ports.job_events.JobEvents`."""
        past = self._past.get(event.job_id) or _Past()
        if past.events and (past.events[-1].last or past.events[-1].id >= event.id):
            return
        self._past.pop(event.job_id, None)
        self._past[event.job_id] = past
        past.events.append(event)
        past.latest = self._now()
        self._subscriptions.give(event)
        self._forget()

    @asynccontextmanager
    async def subscribe(self, job_id: UUID, after: int = 0) -> AsyncGenerator[Subscription]:
        """See `application.ports.job_events.JobEvents`."""
        past = self._past.get(job_id)
        subscription = self._subscriptions.open(job_id, after, past.events if past else ())
        try:
            yield subscription
        finally:
            self._subscriptions.close(job_id, subscription)

    async def purge(self, older: timedelta) -> int:
        """See `application.ports.job_events.JobEvents`."""
        return self._purge(self._now() - older.total_seconds())

    def _forget(self) -> None:
        self._purge(self._now() - self._kept)
        while len(self._past) > self._most_jobs:
            del self._past[next(iter(self._past))]

    def _purge(self, before: float) -> int:
        count = 0
        while self._past:
            oldest = next(iter(self._past))
            if self._past[oldest].latest >= before:
                break
            count += len(self._past.pop(oldest).events)
        return count
