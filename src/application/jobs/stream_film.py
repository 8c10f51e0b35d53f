"""Make a film as a job, and tell its progress until it is finished."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import NamedTuple
from uuid import UUID

import msgspec

from application.concurrency.timeouts import LEAVING, ended, stopped
from application.jobs.film_request import FilmRequest
from application.jobs.make_film import MakeFilm
from application.jobs.request_options import NONE, RequestOptions
from application.jobs.watch_task import FROM_RECORD, Outcome, Update
from application.ports.job_events import JobEvent, JobEvents, Subscription
from application.ports.jobs import IdempotencyKey
from domain.jobs.errors import SubscriberTooSlow
from domain.jobs.job import Job, JobState
from domain.jobs.outcome import recorded
from domain.rendering.assembly import State
from domain.shared.errors import BachataError

_log = logging.getLogger("bachata.jobs")


class StreamedFilm(NamedTuple):
    """A film whose progress is told."""

    updates: AsyncIterator[Update]
    """Progress, then one outcome."""
    replayed: bool
    """True if the film was made for an earlier request with the same key."""


class StreamFilm:
    """Submits a job and tells its progress; the work belongs to the job, not to the request."""

    def __init__(
        self, make_film: MakeFilm, events: JobEvents, heartbeat: float, leaving: float = LEAVING
    ) -> None:
        """Take the use case that submits and waits, and the events.

        ``heartbeat`` is the number of seconds without an event after which the caller is told that
        the job goes on, and ``leaving`` the maximum seconds until a cancelled job has ended.
        """
        self._leaving = leaving
        self._make_film = make_film
        self._events = events
        self._heartbeat = heartbeat

    @asynccontextmanager
    async def __call__(
        self,
        request: FilmRequest,
        task_id: UUID,
        owner: str,
        key: IdempotencyKey | None = None,
        options: RequestOptions = NONE,
    ) -> AsyncGenerator[StreamedFilm]:
        """Submit the job, and wait for it within the context; raises as `SubmitFilm` does.

        If the context is left before the outcome, the film is cancelled, unless it has a ``key``.
        A caller who reads slowly misses no event.
        """
        job, replayed = await self._make_film.submitted(
            request, task_id, owner, wanted=key is not None, key=key, options=options
        )
        waiting = asyncio.ensure_future(self._make_film.wait(job))
        try:
            yield StreamedFilm(self._updates(job, waiting), replayed)
        finally:
            waiting.cancel()
            await ended(waiting, f"the film of the job {job.job_id}", self._leaving)

    async def _updates(self, job: Job, waiting: "asyncio.Future[str]") -> AsyncGenerator[Update]:
        if job.state is JobState.QUEUED:
            yield JobEvent(
                job_id=job.job_id,
                id=FROM_RECORD,
                stage=State.PENDING,
                progress=0,
                message="Waiting for a worker",
                metadata=job.metadata,
            )
        after, complete = FROM_RECORD, False
        while not complete:
            try:
                async with (
                    self._events.subscribe(job.job_id, after) as events,
                    aclosing(self._until(events, waiting)) as told,
                ):
                    async for event in told:
                        after = event.id if event else after
                        yield event and msgspec.structs.replace(event, metadata=job.metadata)
                complete = True
            except SubscriberTooSlow as error:
                _log.info("a caller reads the progress of its film slowly: %s", error)
            except BachataError as error:
                # The film does not depend on what is told of it.
                _log.warning("the progress of a film is not told: %s", error)
                complete = True
        while not await _done(waiting, self._heartbeat):
            yield None
        yield _outcome(waiting)

    async def _until(
        self, events: Subscription, waiting: "asyncio.Future[str]"
    ) -> AsyncGenerator[JobEvent | None]:
        """Yield the events to the last one, or to the end of the wait; None after a silence."""
        reading = asyncio.ensure_future(_next(events))
        try:
            while not (waiting.done() and events.up_to_date and not reading.done()):
                await asyncio.wait(
                    {reading} if waiting.done() else {reading, waiting},
                    timeout=self._heartbeat,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if reading.done():
                    event = reading.result()
                    if event is None:
                        return
                    reading = asyncio.ensure_future(_next(events))
                    yield event
                elif not waiting.done():
                    yield None
        finally:
            reading.cancel()
            await stopped(reading, "the next event", LEAVING)


async def _next(events: Subscription) -> JobEvent | None:
    """Return the next event; None after the last one."""
    return await anext(events, None)


async def _done(waiting: "asyncio.Future[str]", seconds: float) -> bool:
    await asyncio.wait({waiting}, timeout=seconds)
    return waiting.done()


def _outcome(waiting: "asyncio.Future[str]") -> Outcome:
    error = waiting.exception()
    return Outcome(result=waiting.result()) if error is None else Outcome(failure=recorded(error))
