"""Cancel an unfinished job, for an operator."""

from uuid import UUID

from application.jobs.cancel_job import CancelJob
from application.ports.jobs import JobRepository
from domain.jobs.errors import JobEnded
from domain.jobs.job import ENDED, Job


class CancelUnfinishedJob:
    """Cancels a job of any kind and owner."""

    def __init__(self, jobs: JobRepository, cancel: CancelJob) -> None:
        """Take the port, and how to cancel any job."""
        self._jobs = jobs
        self._cancel = cancel

    async def __call__(self, job_id: UUID) -> Job:
        """Return the job, which may take some seconds to end; raises `JobNotFound`, `JobEnded`."""
        job = await self._jobs.get(job_id)
        if job.state in ENDED:
            raise JobEnded(f"The job is {job.state}, so it cannot be cancelled.")
        return await self._cancel(job_id)
