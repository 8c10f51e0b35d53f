"""A job whose progress is told by hand."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from adapters.jobs.in_process import InProcessJobQueue
from application.jobs.end_events import last_event
from application.ports.job_events import JobEvent, JobEvents
from application.ports.job_queue import RunJob
from application.ports.jobs import JobRepository, Submission
from domain.jobs.job import Job, JobKind, Lane
from domain.jobs.outcome import recorded
from domain.rendering.assembly import Assembly
from domain.shared import paths

NOW = datetime(2024, 2, 29, tzinfo=UTC)


class IdleQueue(InProcessJobQueue):
    """A queue on which nobody works, so that a test decides what happens to a job."""

    async def work(self, run: RunJob, at_once: Mapping[Lane, int]) -> None:
        await asyncio.Event().wait()


class WatchedJob:
    """A running job of the local user, or of another; its id is that of its task."""

    def __init__(
        self, jobs: JobRepository, events: JobEvents, owner: str = paths.LOCAL_USER
    ) -> None:
        self.job_id: UUID = uuid4()
        self._jobs = jobs
        self._events = events
        self._owner = owner

    async def submit(self) -> "WatchedJob":
        """Record it."""
        fields: dict[str, Any] = {"owner": self._owner, "created_at": NOW}
        task = Assembly(task_id=self.job_id, updated_at=NOW, **fields)
        job = Job(job_id=self.job_id, kind=JobKind.GENERATE, **fields)
        await self._jobs.submit(Submission(job=job, payload="{}", task=task))
        return self

    async def start(self) -> "WatchedJob":
        """Record and start it."""
        await self.submit()
        await self._jobs.claim(self.job_id)
        return self

    async def tell(self, number: int, progress: int = 0) -> None:
        """Tell an event of the first attempt."""
        await self._events.publish(
            JobEvent(
                job_id=self.job_id,
                id=1_000_000 + number,
                stage="fetching",
                progress=progress,
                message="Fetching\nthe song",
                eta_seconds=1.5,
            )
        )

    async def complete(self, result: str = '{"video_url":"/film"}') -> None:
        """End it with a result."""
        ended = await self._jobs.update(self.job_id, 1, lambda job: job.completed(result))
        await self._events.publish(last_event(ended))

    async def fail(self, error: Exception) -> None:
        """End it with an error."""
        failure = recorded(error)
        ended = await self._jobs.update(self.job_id, 1, lambda job: job.failed(failure))
        await self._events.publish(last_event(ended))
