"""The problem document of a job, for those who are told of its end."""

from structlog.contextvars import bound_contextvars

from domain.jobs.errors import InternalError, JobCancelled
from domain.jobs.job import Job, JobState
from domain.jobs.outcome import raisable
from entrypoints.urls import RouteUrls


def problem_text(job: Job) -> str:
    """Return the problem document of a job that has failed or was cancelled."""
    # Imported when it is needed, because workers and commands do not use the web framework.
    from entrypoints.http import problems

    if job.failure is not None:
        error = raisable(job.failure)
    else:
        error = JobCancelled() if job.state is JobState.CANCELLED else InternalError()
    with bound_contextvars(request_id=job.request_id):
        return problems.document(RouteUrls().events(job.job_id), error).decode()
