"""Recover jobs whose worker or whose waiting caller has died."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from application.jobs.cancel_job import CancelJob
from application.jobs.end_events import tell_end
from application.jobs.run_job import LEASE, Settled
from application.media.item_attempts import ItemAttempts
from application.monitoring.catalogue import DELETED_RECORDS
from application.monitoring.no_metrics import NO_METRICS
from application.ports.job_events import JobEvents
from application.ports.job_queue import JobQueue
from application.ports.jobs import JobRepository
from application.ports.metrics import Metrics
from application.ports.tasks import TaskRepository
from application.rendering.task_tracking import TrackedTasks
from domain.jobs.errors import LeaseLost
from domain.jobs.job import FILMS, Job, JobState
from domain.jobs.outcome import raisable
from domain.rendering.assembly import Step
from domain.shared.errors import TaskNotFound

RETENTION: Final = timedelta(days=7)
"""Time for which the records and the events of ended jobs are kept."""

_CALLS_PER_PURGE: Final = 720
"""Number of calls for each deletion of old records: one an hour, with a call every five seconds."""


class RecoverJobs:
    """Queues the jobs of dead workers again, and ends those that nobody wants any more.

    A job is recovered if two calls in a row find it without a sign of life: after a machine was
    suspended, its processes have the time between the calls to give one. Any number of processes
    may do this at once.
    """

    def __init__(
        self,
        jobs: JobRepository,
        queue: JobQueue,
        events: JobEvents,
        tasks: TaskRepository,
        on_record: TrackedTasks,
        cancel: CancelJob,
        settled: Settled,
        *,
        lease: timedelta = LEASE,
        metrics: Metrics = NO_METRICS,
    ) -> None:
        """Take the ports, the tracking of tasks, and how to cancel a job.

        ``settled`` finds the outcome of a job whose task has ended before its worker died.
        """
        self._jobs = jobs
        self._queue = queue
        self._events = events
        self._tasks = tasks
        self._on_record = on_record
        self._cancel = cancel
        self._settled = settled
        self._lease = lease
        self._metrics = metrics
        self._suspects: set[tuple[UUID, int]] = set()
        self._calls = 0

    async def __call__(self) -> int:
        """Return how many jobs were queued again or ended; a failing one does not stop the others.

        Raises `NotReady` if the database is unavailable.
        """
        attempts = ItemAttempts("recovering the job")
        recovered = 0
        unattended = await self._jobs.unattended(self._lease)
        lost = await self._jobs.lost(self._lease)
        suspects = {*map(_name, unattended), *map(_name, lost)}
        for job in unattended:
            if not job.cancelling and _name(job) in self._suspects:
                recovered += await attempts(str(job.job_id), self._cancel(job.job_id))
        for job in lost:
            if _name(job) in self._suspects:
                recovered += await attempts(str(job.job_id), self._take_over(job))
        self._suspects = suspects
        await self._purge()
        return recovered

    async def _purge(self) -> None:
        """Delete old records at some of the calls: each deletion makes the disk write."""
        if self._calls % _CALLS_PER_PURGE == 0:
            jobs = await self._jobs.purge(RETENTION)
            self._metrics.add(DELETED_RECORDS, "jobs", amount=jobs)
            events = await self._events.purge(RETENTION)
            self._metrics.add(DELETED_RECORDS, "events", amount=events)
        self._calls += 1

    async def _take_over(self, job: Job) -> None:
        change = await self._settled(job)
        stage = await self._stage(job)
        try:
            after = await self._jobs.update(
                job.job_id, job.attempt, change or (lambda lost: lost.taken_over(stage))
            )
        except LeaseLost:
            # Another process has recovered it, or the worker was only slow.
            return
        if after.state is JobState.QUEUED:
            await self._queue.announce(job.job_id, job.priority)
            return
        if after.failure is not None and job.kind in FILMS:
            await self._on_record.conclude(job.job_id, Step.FAIL, raisable(after.failure))
        await tell_end(self._jobs, self._events, after)

    async def _stage(self, job: Job) -> str | None:
        """Return the stage in which its worker died; None if the job has no task."""
        try:
            return str((await self._tasks.get(job.job_id)).state)
        except TaskNotFound:
            return None


def _name(job: Job) -> tuple[UUID, int]:
    return job.job_id, job.attempt
