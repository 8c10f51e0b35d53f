"""Cancel a job."""

from uuid import UUID

from application.jobs.run_job import last_event
from application.ports.job_events import JobEvents
from application.ports.job_queue import JobQueue
from application.ports.jobs import JobRepository
from application.rendering.task_tracking import TrackedTasks
from domain.jobs.job import ENDED, Job, JobState
from domain.rendering.assembly import Step


class CancelJob:
    """Ends a queued job at once, and asks a running one to stop."""

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
        if job.state is JobState.CANCELLED:
            await self._on_record.conclude(job_id, Step.CANCEL)
        if job.state in ENDED:
            await self._events.publish(last_event(job))
        else:
            await self._queue.signal_cancel(job_id)
        return job
