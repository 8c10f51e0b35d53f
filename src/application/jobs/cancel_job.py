"""Cancel a job."""

from uuid import UUID

from application.jobs.end_events import tell_end
from application.ports.job_events import JobEvents
from application.ports.job_queue import JobQueue
from application.ports.jobs import JobRepository
from application.rendering.task_tracking import TrackedTasks
from domain.jobs.job import ENDED, FILMS, Job, JobState
from domain.rendering.assembly import Step


class CancelJob:
    """Ends a queued job at once, and asks a running one to stop; so too the children of a job."""

    def __init__(
        self, jobs: JobRepository, queue: JobQueue, events: JobEvents, on_record: TrackedTasks
    ) -> None:
        """Take the ports and the tracking of tasks."""
        self._jobs = jobs
        self._queue = queue
        self._events = events
        self._on_record = on_record

    async def __call__(self, job_id: UUID) -> Job:
        """Return the job, whose state says if it has ended; raises `JobNotFound`.

        The request survives a failure: the worker looks for it with each renewal of its lease.
        """
        job = await self._jobs.request_cancel(job_id)
        if job.state is JobState.CANCELLED and job.kind in FILMS:
            await self._on_record.conclude(job_id, Step.CANCEL)
        if job.state in ENDED:
            await tell_end(self._jobs, self._events, job)
        elif job.state is JobState.DIVIDED:
            await self._signal_children(job_id)
        else:
            await self._queue.signal_cancel(job_id)
        return job

    async def _signal_children(self, job_id: UUID) -> None:
        for child in await self._jobs.children(job_id):
            if child.state is JobState.RUNNING:
                await self._queue.signal_cancel(child.job_id)
