"""Jobs of a command: it runs what it has submitted, and follows the progress."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final
from uuid import UUID

from application.concurrency.timeouts import Timeouts
from application.jobs.read_jobs import JobSummary
from domain.jobs.errors import InternalError, JobCancelled, JobEnded, JobNotFound
from domain.jobs.job import ENDED, JobState
from domain.jobs.outcome import raisable
from entrypoints import maintenance
from entrypoints.cli.session import Session
from entrypoints.use_cases import UseCases

_CLOSING: Final = 5.0
"""Maximum seconds for the work of a stopped command to end."""
_STOPPING: Final = 6.0
"""Maximum seconds for a cancelled job to end, of the 9 in which a stopped command cleans up."""


@asynccontextmanager
async def running(opened: Session, job_id: UUID) -> AsyncGenerator[None]:
    """Run one job during the context, and no other, unless workers do it.

    A server on the same database may claim it first; then it runs there, and nowhere else.
    """
    if opened.settings.has_workers:
        yield
        return
    async with (
        maintenance.recovering_jobs(opened.use_cases, Timeouts()),
        maintenance.running_job(opened.use_cases, job_id, _CLOSING),
    ):
        yield


async def followed(
    use_cases: UseCases, job_id: UUID, show: Callable[[JobSummary], None]
) -> JobSummary:
    """Show the progress of a job until it ends, and return it; raises `JobNotFound`."""
    job: JobSummary | None = None
    async with use_cases.follow_job(job_id) as updates:
        async for job in updates:
            show(job)
    if job is None or job.state not in ENDED:
        raise InternalError
    return job


def refuse_failure(job: JobSummary) -> None:
    """Raise the error with which a job has ended, unless it is completed."""
    if job.state is JobState.CANCELLED:
        raise JobCancelled
    if job.state is not JobState.COMPLETED:
        raise InternalError if job.failure is None else raisable(job.failure)


async def stopped(use_cases: UseCases, job_id: UUID, seconds: float = _STOPPING) -> bool:
    """Cancel a job and wait up to ``seconds`` for its end; return False if it takes longer.

    One that has ended before, or that is unknown, is no error.
    """
    with suppress(JobEnded, JobNotFound):
        await use_cases.cancel_unfinished_job(job_id)
    try:
        async with asyncio.timeout(seconds):
            await followed(use_cases, job_id, lambda _: None)
    except TimeoutError:
        return False
    except JobNotFound:
        return True
    return True
