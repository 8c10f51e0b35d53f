"""Read and list jobs of every kind and owner, for an operator."""

from datetime import datetime
from uuid import UUID

import msgspec

from application.jobs.end_events import progress_event
from application.ports.jobs import JobFilter, JobRepository
from application.ports.pagination import Page, place_of
from application.ports.tasks import TaskRepository
from domain.jobs.job import ENDED, FILMS, Job, JobKind, JobState
from domain.jobs.outcome import JobFailure
from domain.rendering.assembly import Assembly
from domain.shared.errors import InvalidRequest, TaskNotFound
from domain.shared.violations import Violation


class JobSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A job as its operator sees it."""

    job_id: UUID
    """Also the id of the video that it makes, if it makes one."""
    kind: JobKind
    state: JobState
    owner: str
    created_at: datetime
    attempt: int
    """Number of the latest start; 0 before the first."""
    stage: str | None = None
    """Part of the work that is done now; null unless the job is in progress."""
    progress: int = 0
    """Per cent of the whole job."""
    message: str | None = None
    """The work that is done now, in words."""
    eta_seconds: float | None = None
    """Estimated seconds until the end; null if there is no basis for an estimate."""
    cancelling: bool = False
    """True if the job is asked to stop, and has not ended yet."""
    item: str | None = None
    """The part of the library that it is about, such as `moves/turn`."""
    parent: UUID | None = None
    """The divided job that it is a part of."""
    children: int = 0
    """Number of jobs that it was divided into."""
    remaining: int = 0
    """Number of those that have not ended."""
    failure: JobFailure | None = None


class ReadJob:
    """Reads a job with its progress."""

    def __init__(self, jobs: JobRepository, tasks: TaskRepository) -> None:
        """Take the ports."""
        self._jobs = jobs
        self._tasks = tasks

    async def __call__(self, job_id: UUID) -> JobSummary:
        """Return the job, whoever owns it; raises `JobNotFound`."""
        return await self.summary(await self._jobs.get(job_id))

    async def summary(self, job: Job) -> JobSummary:
        """Return a job with the progress on record."""
        summary = JobSummary(
            job_id=job.job_id,
            kind=job.kind,
            state=job.state,
            owner=job.owner,
            created_at=job.created_at,
            attempt=job.attempt,
            progress=100 if job.state is JobState.COMPLETED else 0,
            cancelling=job.cancelling and job.state not in ENDED,
            item=job.item,
            parent=job.parent,
            children=job.children,
            remaining=job.remaining,
            failure=job.failure,
        )
        if job.state is JobState.DIVIDED:
            event = progress_event(job)
            return msgspec.structs.replace(
                summary, stage=event.stage, progress=event.progress, message=event.message
            )
        if job.state is JobState.RUNNING and job.kind in FILMS:
            task = await self._task(job.job_id)
            if task is not None:
                return msgspec.structs.replace(summary, stage=task.state, progress=task.progress)
        return summary

    async def _task(self, task_id: UUID) -> Assembly | None:
        try:
            return await self._tasks.get(task_id)
        except TaskNotFound:
            # Its owner has deleted the video, or the task is recorded a moment later.
            return None


class ListJobs:
    """Lists jobs."""

    def __init__(self, jobs: JobRepository, read_job: ReadJob) -> None:
        """Take the port, and the use case that reads a job."""
        self._jobs = jobs
        self._read_job = read_job

    async def __call__(self, filters: JobFilter, after: str | None, most: int) -> Page[JobSummary]:
        """Return a page, the newest first; raises `InvalidRequest` for a foreign ``after``."""
        try:
            _ = None if after is None else place_of(after)
        except ValueError:
            message = "This is not a cursor; use `next_cursor` of the previous page."
            raise InvalidRequest((Violation(path="cursor", message=message),)) from None
        page = await self._jobs.page(filters, after, most)
        # Only the films that are being made need another read.
        items = [await self._read_job.summary(job) for job in page.items]
        return Page(items=tuple(items), last=page.last)
