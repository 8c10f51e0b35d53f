"""The use cases of jobs over ports in memory, with work that a test holds in its hand."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from adapters.jobs.in_process import InProcessJobQueue
from adapters.memory.job_events import MemoryJobEvents
from adapters.memory.jobs import MemoryJobRepository
from application.concurrency.retries import AT_ONCE
from application.jobs.cancel_job import CancelJob
from application.jobs.recover_jobs import RecoverJobs
from application.jobs.run_job import RunJob
from application.jobs.settled_outcome import SettledOutcome
from application.jobs.wait_for_job import WaitForJob
from application.ports.jobs import Submission
from application.rendering.attempt import Attempt
from application.rendering.task_tracking import TrackedTasks
from domain.jobs.job import Job, JobKind
from domain.rendering.assembly import Assembly
from domain.shared.paths import LOCAL_USER
from tests.world.studio import Service

PATIENCE = 20.0
"""Seconds after which a test that should have ended long ago is broken."""


class HeldWork:
    """Work of a job that lasts until the test lets it end."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.outcome: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.attempts: list[Attempt] = []
        self.cancelled = 0

    async def __call__(self, job: Job, payload: str, attempt: Attempt) -> str:
        self.attempts.append(attempt)
        self.begun.set()
        try:
            return await asyncio.shield(self.outcome)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


@dataclass
class Jobs:
    """One process that submits, runs, awaits and recovers jobs."""

    root: Path
    perform: Any
    renewal: float = 0.01
    parts: dict[str, Any] = field(default_factory=dict[str, Any])
    """Arguments of the service."""
    service: Service = field(init=False)

    def __post_init__(self) -> None:
        self.service = Service(self.root, **self.parts)
        clock = self.service.clock
        self.records = MemoryJobRepository(self.service.tasks, clock)
        self.queue = InProcessJobQueue(look=0.01)
        self.events = MemoryJobEvents()
        tracked = TrackedTasks(
            self.service.tasks,
            self.service.progress,
            clock,
            self.service.workspace,
            600,
            AT_ONCE,
        )
        undescribed: Any = None
        self.settled = SettledOutcome(
            self.records, self.service.tasks, self.service.film.finished, undescribed
        )
        self.cancel = CancelJob(self.records, self.queue, self.events, tracked)
        self.run = RunJob(
            self.records,
            self.queue,
            self.events,
            self.perform,
            self.settled,
            600,
            renewal=self.renewal,
            retries=AT_ONCE,
        )
        self.wait = WaitForJob(self.records, self.events, self.cancel, look=0.01, leaving=5)
        self.recover = RecoverJobs(
            self.records,
            self.queue,
            self.events,
            self.service.tasks,
            tracked,
            self.cancel,
            self.settled,
        )

    async def submit(self, *, wanted: bool = False, job_id: UUID | None = None) -> Job:
        """Record a job with its task."""
        now, job_id = self.service.clock.now(), job_id or uuid4()
        job = Job(
            job_id=job_id,
            kind=JobKind.GENERATE,
            owner=LOCAL_USER,
            created_at=now,
            wanted=wanted,
        )
        task = Assembly(task_id=job_id, owner=LOCAL_USER, created_at=now, updated_at=now)
        return await self.records.submit(Submission(job=job, payload="{}", task=task))

    async def task(self, job_id: UUID) -> Assembly:
        """Return the record of the task of a job."""
        return await self.service.tasks.get(job_id)
