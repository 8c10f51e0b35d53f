"""Run one job: claim it, do its work, and record the outcome."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from enum import Enum, auto
from typing import Any, Final
from uuid import UUID

from application.concurrency.retries import Retries
from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.timeouts import LEAVING, ended
from application.jobs.end_events import tell_end
from application.ports.job_events import JobEvents
from application.ports.job_queue import JobQueue
from application.ports.jobs import Change, JobRepository
from application.rendering.attempt import Attempt
from domain.jobs.errors import JobNotFound, LeaseLost
from domain.jobs.job import MAX_SETBACKS, Job, JobState, Lane
from domain.jobs.outcome import recorded
from domain.shared.errors import BachataError

LEASE: Final = timedelta(seconds=12)
"""Time without a renewal after which another worker may take over a job."""
RENEWAL: Final = 2.0
"""Seconds between two renewals; a cancellation is noticed at the latest then."""

_log = logging.getLogger("bachata.jobs")

Perform = Callable[[Job, str, Attempt], Awaitable[str | None]]
"""Does the work of a job, given its payload; returns the answer to the caller as JSON, or None if
it has divided the job.
"""
Settled = Callable[[Job], Awaitable[Change | None]]
"""Returns the change of a job that its ended task implies; None if the task has not ended."""


class _Stop(Enum):
    """Reason why the work of a job is stopped."""

    CANCELLED = auto()
    LOST = auto()


class RunJob:
    """Runs a job as one attempt; only the attempt that holds the lease records anything."""

    def __init__(
        self,
        jobs: JobRepository,
        queue: JobQueue,
        events: JobEvents,
        perform: Perform,
        settled: Settled,
        seconds: float,
        *,
        renewal: float = RENEWAL,
        lease: timedelta = LEASE,
        leaving: float = LEAVING,
        retries: Retries | None = None,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        """Take the ports, the work, and its time limit in seconds.

        ``ended`` is called when the end of a job is on record, so that nobody need look for it.

        ``settled`` finds the outcome of a job whose task has ended before. ``leaving`` is the
        maximum seconds until cancelled work has ended; then it is abandoned.

        The lease is renewed every ``renewal`` seconds. If that fails for the time of the ``lease``,
        the work is stopped, because another worker may have begun.
        """
        self._jobs = jobs
        self._queue = queue
        self._events = events
        self._perform = perform
        self._settled = settled
        self._seconds = seconds
        self._renewal = renewal
        self._lease = lease.total_seconds()
        self._leaving = leaving
        self._retries = retries or Retries()
        self._ended = ended

    async def next_in(self, lane: Lane) -> bool:
        """Run the next job if it is of this lane; see `application.ports.job_queue.RunJob`."""
        return await self(lane=lane)

    async def __call__(self, job_id: UUID | None = None, lane: Lane | None = None) -> bool:
        """Run the given job, or the next one; return False if there is none to claim.

        If the caller is cancelled, the work is stopped and the job is queued again.
        """
        job: Job | None = None

        async def claim() -> None:
            nonlocal job
            job = await self._jobs.claim(job_id, lane)

        try:
            await finish_even_if_cancelled(claim())
        except BachataError as error:
            _log.warning("no job can be claimed: %s", error)
            return False
        except asyncio.CancelledError:
            if job is not None:
                await finish_even_if_cancelled(self._record(job, Job.queued_again))
            raise
        if job is None:
            return False
        await self._run(job)
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            # It came during the last waits, which are not interrupted.
            raise asyncio.CancelledError
        return True

    async def _run(self, job: Job) -> None:
        repeatable = job.setbacks < MAX_SETBACKS
        attempt = Attempt(job.attempt, self._seconds, repeatable=repeatable)
        work = asyncio.ensure_future(self._work(job, attempt))
        watch = asyncio.ensure_future(self._watched(job))
        concluded = False
        try:
            await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                attempt.abandoned = watch.result() is _Stop.LOST
                await _stopped(work, job, self._leaving)
            concluded = True
            await finish_even_if_cancelled(self._conclude(job, work, attempt))
        except asyncio.CancelledError:
            if not work.done():
                # This worker ends; the job goes on elsewhere, or after the next start.
                attempt.abandoned = True
                await _stopped(work, job, self._leaving)
                await finish_even_if_cancelled(self._settle(job, Job.queued_again))
            elif not concluded:
                await finish_even_if_cancelled(self._conclude(job, work, attempt))
            raise
        finally:
            watch.cancel()
            await ended(watch, f"the watch of the job {job.job_id}", self._leaving)
            # It has ended, unless the watch itself has failed.
            await _stopped(work, job, self._leaving)

    async def _work(self, job: Job, attempt: Attempt) -> str | None:
        return await self._perform(job, await self._jobs.payload(job.job_id), attempt)

    async def _watched(self, job: Job) -> _Stop:
        """Renew the lease until the job is to stop; return the reason."""
        clock = asyncio.get_running_loop().time
        until = clock() + self._lease
        while True:
            await self._queue.cancel_signalled(job.job_id, self._renewal)
            try:
                async with asyncio.timeout_at(until):
                    held = await self._jobs.renew(job.job_id, job.attempt)
            except (LeaseLost, JobNotFound):
                return _Stop.LOST
            except (BachataError, TimeoutError) as error:
                _log.warning("the lease of a job is not renewed: %s", error, extra=_facts(job))
                if clock() >= until:
                    return _Stop.LOST
                await asyncio.sleep(min(self._renewal, max(0.0, until - clock())))
                continue
            if held.cancelling:
                return _Stop.CANCELLED
            until = clock() + self._lease

    async def _conclude(
        self, job: Job, work: "asyncio.Future[str | None]", attempt: Attempt
    ) -> None:
        """Record the outcome, unless another attempt has taken over."""
        failed = work.exception() if work.done() and not work.cancelled() else None
        if failed is not None:
            attempt.ends_with(failed)
        if attempt.is_set_back:
            _log.warning("a job is queued again: %s", failed, extra=_facts(job))
            await self._record(job, Job.set_back)
            return
        if attempt.abandoned or not work.done():
            _log.warning("a job was taken over", extra=_facts(job))
            return
        if work.cancelled():
            # The task may have been completed just before.
            await self._settle(job, Job.cancelled)
        elif failed is None:
            result = work.result()
            if result is not None:
                await self._record(job, lambda each: each.completed(result))
        elif isinstance(failed, LeaseLost):
            # The task has ended: its earlier attempt could not record the end of the job.
            await self._settle(job)
        else:
            if not isinstance(failed, BachataError):
                _log.error("a job failed", exc_info=failed, extra=_facts(job))
            failure = recorded(failed)
            await self._record(job, lambda each: each.failed(failure))

    async def _settle(self, job: Job, otherwise: Change | None = None) -> None:
        """Record the end of the task as that of the job; without one, record ``otherwise``."""
        try:
            change = await self._outcome(job) or otherwise
        except BachataError as error:
            _log.warning("the outcome of a job is not found: %s", error, extra=_facts(job))
            return
        if change is not None:
            await self._record(job, change)

    async def _outcome(self, job: Job) -> Change | None:
        try:
            return await self._settled(job)
        except BachataError:
            return await self._retries(lambda: self._settled(job))

    async def _record(self, job: Job, change: Change) -> None:
        """Record the end of the attempt, with retries; recovery takes over what cannot be."""
        try:
            after = await self._updated(job, change)
        except BachataError as error:
            _log.warning("the end of a job is not recorded: %s", error, extra=_facts(job))
            return
        if after.state is JobState.QUEUED:
            await self._queue.announce(job.job_id, job.priority)
        else:
            self._ended()
            await tell_end(self._jobs, self._events, after)

    async def _updated(self, job: Job, change: Change) -> Job:
        async def update() -> Job:
            return await self._jobs.update(job.job_id, job.attempt, change)

        try:
            return await update()
        except (LeaseLost, JobNotFound):
            raise
        except BachataError:
            return await self._retries(
                update, is_final=lambda error: isinstance(error, LeaseLost | JobNotFound)
            )


async def _stopped(work: "asyncio.Future[Any]", job: Job, leaving: float) -> None:
    work.cancel()
    await ended(work, f"the work of the job {job.job_id}", leaving)


def _facts(job: Job) -> dict[str, object]:
    return {"job_id": str(job.job_id), "kind": str(job.kind), "attempt": job.attempt}
