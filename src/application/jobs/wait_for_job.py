"""Wait for the end of a job."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Final

from application.concurrency.retries import pause
from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.timeouts import LEAVING
from application.jobs.cancel_job import CancelJob
from application.ports.job_events import JobEvent, JobEvents
from application.ports.jobs import JobRepository
from domain.jobs.errors import InternalError, JobCancelled, SubscriberTooSlow
from domain.jobs.job import ENDED, Job, JobState
from domain.jobs.outcome import raisable
from domain.shared.errors import AssemblyTimedOut, BachataError, NotReady

LOOK: Final = 2.0
"""Seconds between two looks at the record, for events that are lost; each look also records that
somebody waits.
"""
AWAY: Final = 30.0
"""Seconds for which the records of jobs may be unavailable; longer than a lease without renewal."""

_log = logging.getLogger("bachata.jobs")


class WaitForJob:
    """Waits for the outcome of a job, which any process may run."""

    def __init__(
        self,
        jobs: JobRepository,
        events: JobEvents,
        cancel: CancelJob,
        *,
        look: float = LOOK,
        leaving: float = LEAVING,
        away: float = AWAY,
    ) -> None:
        """Take the ports, and how to cancel a job.

        ``look`` is the number of seconds between two looks at the record, and ``leaving`` the
        maximum seconds until a cancelled job has ended. After ``away`` seconds without the records
        the wait is given up.
        """
        self._away = away
        self._jobs = jobs
        self._events = events
        self._cancel = cancel
        self._look = look
        self._leaving = leaving

    async def __call__(self, job: Job, seconds: float) -> str:
        """Return the answer to the caller as JSON, or raise the error with which the job ended.

        If the caller leaves, a job that is not wanted is cancelled, and has ended when
        `asyncio.CancelledError` is raised. After ``seconds`` the job is cancelled, too, and
        `AssemblyTimedOut` is raised. Raises `JobCancelled` if somebody else has cancelled it.
        """
        try:
            async with asyncio.timeout(seconds):
                job = await self._ended(job)
        except TimeoutError:
            await finish_even_if_cancelled(self._leave(job))
            raise AssemblyTimedOut from None
        except asyncio.CancelledError:
            if not job.wanted:
                await finish_even_if_cancelled(self._leave(job))
            raise
        return answer_of(job)

    async def current(self, job: Job) -> Job:
        """Return the job as it is now; if the database is unavailable, as it was."""
        try:
            return await self._jobs.get(job.job_id)
        except BachataError as error:
            _log.warning("the state of a job is not read: %s", error)
            return job

    async def _ended(self, job: Job) -> Job:
        """Return the ended job; raises the error of the records if it lasts for too long."""
        absence = _Absence(self._away)
        while job.state not in ENDED:
            try:
                async with self._events.subscribe(job.job_id) as events:
                    job = await self._looked(job, events, absence)
            except NotReady as error:
                # The work goes on in spite of a lost connection, and so does the wait.
                await asyncio.sleep(absence.lasts(error))
        return job

    async def _looked(self, job: Job, events: AsyncIterator[JobEvent], absence: "_Absence") -> Job:
        """Wait for the last event; return the job as it is then, or after an event was lost."""
        while job.state not in ENDED:
            lost = False
            try:
                async with asyncio.timeout(self._look):
                    while not (await anext(events)).last:
                        continue
            except (StopAsyncIteration, SubscriberTooSlow):
                lost = True
            except TimeoutError:
                await self._attend(job)
            job = await self._jobs.get(job.job_id)
            absence.is_over()
            if lost:
                break
        return job

    async def _attend(self, job: Job) -> None:
        try:
            await self._jobs.attend([job.job_id])
        except BachataError as error:
            # The next look tries again, well before anybody takes the job for unattended.
            _log.warning("a wait is not recorded: %s", error)

    async def _leave(self, job: Job) -> None:
        await self._cancel(job.job_id)
        try:
            async with asyncio.timeout(self._leaving):
                await self._ended(job)
        except TimeoutError:
            _log.error("a cancelled job does not end", extra={"job_id": str(job.job_id)})


class _Absence:
    """The time for which the records have been unavailable."""

    def __init__(self, most: float) -> None:
        self._most = most
        self._clock = asyncio.get_running_loop().time
        self._failures = 0
        self._since = 0.0

    def is_over(self) -> None:
        self._failures = 0

    def lasts(self, error: BachataError) -> float:
        """Return the seconds until the next try; raises ``error`` if it lasts for too long."""
        if not self._failures:
            self._since = self._clock()
        elif self._clock() >= self._since + self._most:
            raise error
        self._failures += 1
        _log.warning("a job that is waited for is not read: %s", error)
        return pause(self._failures)


def answer_of(job: Job) -> str:
    """Return the answer of a job that has ended; raises the error with which it ended."""
    if job.state is JobState.COMPLETED and job.result is not None:
        return job.result
    if job.state is JobState.CANCELLED:
        raise JobCancelled
    if job.failure is None:
        raise InternalError
    raise raisable(job.failure)
