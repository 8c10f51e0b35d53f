"""Follow a job of any kind and owner until it ends, whichever process runs it."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec

from application.jobs.read_jobs import JobSummary, ReadJob
from application.jobs.watch_task import Outcome, Update, WatchTask
from application.ports.job_events import JobEvent
from domain.jobs.job import ENDED, JobState
from domain.jobs.pace import Pace
from domain.shared.errors import NotReady


class FollowJob:
    """Tells the progress of a job: from its events, and from its record where events do not come.

    With SQLite the events of another process do not come.
    """

    def __init__(
        self, watch: WatchTask, read_job: ReadJob, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the use cases that watch and read; ``now`` returns the time in seconds.

        Between two looks at the record passes the time after which ``watch`` gives a sign of life.
        """
        self._watch = watch
        self._read_job = read_job
        self._now = now

    @asynccontextmanager
    async def __call__(self, job_id: UUID) -> AsyncGenerator[AsyncIterator[JobSummary]]:
        """Open a stream of summaries, the first at once; the last one has ended.

        The progress never becomes smaller. Raises `JobNotFound`; the stream raises as
        `application.jobs.watch_task.WatchTask`.
        """
        job = await self._read_job(job_id)
        async with self._watch(job_id, job.owner) as updates:
            yield self._summaries(job, updates)

    async def _summaries(
        self, job: JobSummary, updates: AsyncIterator[Update]
    ) -> AsyncGenerator[JobSummary]:
        progress, pace = job.progress, Pace.begun(job.progress, self._now())
        latest: JobEvent | None = None
        came = 0.0
        yield job
        async for update in updates:
            now = self._now()
            if isinstance(update, JobEvent) and not update.last:
                latest, came = update, now
            try:
                current = await self._read_job(job.job_id)
            except NotReady:
                # The work goes on without the records, and so does the watch.
                continue
            if current.state in ENDED:
                if isinstance(update, Outcome):
                    yield current
                continue
            if latest is not None and latest.progress >= current.progress:
                current = _joined(current, latest, now - came)
            progress = max(progress, current.progress)
            waits = current.state is JobState.QUEUED
            pace = Pace.begun(progress, now) if waits else pace.observed(progress, now)
            eta = current.eta_seconds or pace.remaining(now)
            yield msgspec.structs.replace(current, progress=progress, eta_seconds=eta)


def _joined(current: JobSummary, event: JobEvent, age: float) -> JobSummary:
    """Return a job on record with what an event of ``age`` seconds has told."""
    eta = event.eta_seconds
    if eta is not None:
        eta = max(0.0, round(eta - age, 1)) or None
    return msgspec.structs.replace(
        current,
        stage=event.stage,
        progress=event.progress,
        message=event.message,
        eta_seconds=eta,
    )
