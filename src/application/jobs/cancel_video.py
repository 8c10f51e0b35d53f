"""Cancel the making of a script's video."""

from uuid import UUID

from application.jobs.cancel_job import CancelJob
from application.ports.jobs import JobRepository
from application.scripts.videos import VideoRecords
from domain.jobs.errors import JobEnded
from domain.jobs.job import ENDED
from domain.scripts.video_status import VideoGenerationJob
from domain.shared.errors import NotFound


class CancelVideo:
    """Cancels the job of a script's video."""

    def __init__(self, records: VideoRecords, jobs: JobRepository, cancel: CancelJob) -> None:
        """Take the records, and how to cancel any job."""
        self._records = records
        self._jobs = jobs
        self._cancel = cancel

    async def __call__(self, job_id: UUID, owner: str) -> VideoGenerationJob:
        """Return the job, which may take some seconds to end.

        Raises `JobNotFound`, also for that of another owner, and `JobEnded`.
        """
        status = await self._records.job(job_id, owner)
        job = await self._jobs.get(job_id)
        if job.state in ENDED:
            raise JobEnded
        await self._cancel(job_id)
        try:
            return await self._records.job(job_id, owner)
        except NotFound:
            return status
