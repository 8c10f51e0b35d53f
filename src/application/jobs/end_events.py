"""Events that tell the end of jobs, and how far divided jobs have come."""

import logging
from typing import Final

from application.ports.job_events import JobEvent, JobEvents
from application.ports.jobs import JobRepository
from domain.jobs import fan_out
from domain.jobs.job import ENDED, Job, JobState
from domain.jobs.progress import IDS_PER_ATTEMPT, last_id
from domain.shared.errors import BachataError

_log = logging.getLogger("bachata.jobs")

PREPARING: Final = "preparing"
"""Stage of a divided job."""
_FEW: Final = 100
"""Number of children up to which each of them gains a per cent."""


def last_event(job: Job) -> JobEvent:
    """Return the event that tells the end of a job."""
    return JobEvent(
        job_id=job.job_id,
        id=last_id(job.attempt),
        stage=str(job.state),
        progress=100 if job.state is JobState.COMPLETED else 0,
        message=job.failure.message if job.failure else str(job.state).capitalize(),
        last=True,
    )


def progress_event(parent: Job) -> JobEvent:
    """Return the event that tells how many children of a divided job have ended."""
    done = parent.children - parent.remaining
    return JobEvent(
        job_id=parent.job_id,
        # Any process can tell it, because its id depends on nothing else.
        id=parent.attempt * IDS_PER_ATTEMPT + 1 + done,
        stage=PREPARING,
        progress=fan_out.progress_of(parent),
        message=f"{done} of {parent.children} songs and clips",
    )


async def tell_end(jobs: JobRepository, events: JobEvents, job: Job) -> None:
    """Tell the end of a job; for a child, tell instead what it changes for its parent.

    Never fails: whoever waits for the end also looks at the records.
    """
    if job.parent is None:
        await events.publish(last_event(job))
        return
    try:
        parent = await jobs.get(job.parent)
    except BachataError as error:
        _log.warning("the progress of a divided job is not told: %s", error)
        return
    if parent.state in ENDED:
        await events.publish(last_event(parent))
    elif parent.state is JobState.DIVIDED and _is_worth_telling(parent):
        await events.publish(progress_event(parent))


def _is_worth_telling(parent: Job) -> bool:
    """Return True if the latest child has gained a per cent, or if children are few."""
    before = parent.children - parent.remaining - 1
    gained = fan_out.progress_of(parent) != 100 * before // parent.children
    return gained or parent.children <= _FEW
