"""Submit and cancel the preparation of a whole library."""

import hashlib
from collections.abc import Callable
from typing import Final
from uuid import UUID, uuid4

import msgspec

from application.concurrency.shielding import finish_even_if_cancelled
from application.jobs.cancel_job import CancelJob
from application.library.library_jobs import Preparation
from application.ports.clock import Clock
from application.ports.job_queue import JobQueue
from application.ports.jobs import JobRepository, SameWork, Submission
from domain.jobs.admission import Admission
from domain.jobs.errors import JobEnded, JobNotFound
from domain.jobs.job import ENDED, Job, JobKind, JobState, Priority
from domain.shared import validation

MOST: Final = 4
"""Maximum number of unfinished preparations, each for other films."""
_UNFINISHED: Final = tuple(state for state in JobState if state not in ENDED)


class PrepareLibrary:
    """Submits a job that prepares every song and clip; its children do the work."""

    def __init__(
        self,
        jobs: JobRepository,
        queue: JobQueue,
        clock: Clock,
        request_id: Callable[[], str | None] = lambda: None,
    ) -> None:
        """Take the ports.

        ``request_id`` returns the id under which the log knows the current request.
        """
        self._jobs = jobs
        self._queue = queue
        self._clock = clock
        self._request_id = request_id

    async def __call__(self, preparation: Preparation, owner: str) -> tuple[Job, bool]:
        """Return the job, and True if it is an earlier one that has not ended.

        Raises `InvalidRequest` and `ServiceFull`.
        """
        validation.refuse_faults(preparation)
        payload = msgspec.json.encode(preparation)
        job = Job(
            job_id=uuid4(),
            kind=JobKind.PREPARE_LIBRARY,
            owner=owner,
            created_at=self._clock.now(),
            priority=Priority.BACKGROUND,
            request_id=self._request_id(),
            wanted=True,
        )
        name = f"prepare library {hashlib.sha256(payload).hexdigest()}"
        submission = Submission(
            job=job,
            payload=payload.decode(),
            same=SameWork(name=name, states=_UNFINISHED),
            admission=Admission(most=MOST, most_of_one=None, counted="preparations of the library"),
        )

        async def submit() -> tuple[Job, bool]:
            recorded = await self._jobs.submit(submission)
            is_earlier = recorded.job_id != job.job_id
            if not is_earlier:
                await self._queue.announce(job.job_id, job.priority)
            return recorded, is_earlier

        return await finish_even_if_cancelled(submit())


class CancelPreparation:
    """Cancels the children that wait, and stops those that run."""

    def __init__(self, jobs: JobRepository, cancel_job: CancelJob) -> None:
        """Take the port, and how to cancel any job."""
        self._jobs = jobs
        self._cancel_job = cancel_job

    async def __call__(self, job_id: UUID) -> Job:
        """Return the job, which may end later; raises `JobNotFound` and `JobEnded`."""
        job = await self._jobs.get(job_id)
        if job.kind is not JobKind.PREPARE_LIBRARY:
            raise JobNotFound
        if job.state in ENDED:
            raise JobEnded
        return await self._cancel_job(job_id)
