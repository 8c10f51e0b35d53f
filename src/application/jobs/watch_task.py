"""Watch a task: its progress as it happens, and then its outcome."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

import msgspec

from application.jobs.end_events import last_event, progress_event
from application.jobs.settled_outcome import failure_on_record
from application.jobs.watchers import Watchers
from application.ports.job_events import JobEvent, JobEvents, Subscription
from application.ports.jobs import JobRepository
from application.ports.tasks import TaskRepository
from application.rendering.finished_film import FinishedFilm
from domain.jobs.errors import InternalError, JobCancelled, JobNotFound
from domain.jobs.job import ENDED, Job, JobKind, JobState
from domain.jobs.outcome import JobFailure, recorded
from domain.jobs.progress import last_id
from domain.rendering.assembly import FINAL, Assembly, State
from domain.shared.errors import NotReady, TaskNotFound

FROM_RECORD: Final = 0
"""Id of an event that was made from the record of a task: it was never published."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a task: its result or its failure."""

    result: str | None = None
    """The answer to the caller as JSON."""
    failure: JobFailure | None = None


Update = JobEvent | Outcome | None
"""One piece of news for a watcher; None says that the task goes on."""


class _Records(msgspec.Struct, frozen=True, kw_only=True):
    """The records of a task and of its job."""

    job: Job | None
    task: Assembly | None

    @property
    def owner(self) -> str | None:
        if self.job is not None:
            return self.job.owner
        return self.task.owner if self.task else None

    def belongs_to(self, caller: str | None) -> bool:
        """Return True if a caller may watch; None is anybody, for work on the library."""
        if caller is None:
            return self.job is not None and self.job.kind is JobKind.PREPARE_LIBRARY
        return self.owner == caller

    @property
    def metadata(self) -> str | None:
        if self.job is not None:
            return self.job.metadata
        return self.task.metadata if self.task else None

    @property
    def ended(self) -> bool:
        if self.job is not None:
            return self.job.state in ENDED
        return self.task is not None and self.task.state in FINAL

    def event(self, job_id: UUID) -> JobEvent:
        """Return an event with the state and the progress on record."""
        if self.job is not None and self.ended:
            return last_event(self.job)
        task, job = self.task, self.job
        if job is not None and job.state is JobState.DIVIDED:
            return progress_event(job)
        state = task.state if task else State.PENDING
        waits = job is not None and job.state is JobState.QUEUED
        message = "Waiting for a worker" if waits else "In progress"
        if task is not None and self.ended:
            message = task.failure.message if task.failure else f"The task is {state}"
        return JobEvent(
            job_id=job_id,
            id=last_id(task.attempt) if task and self.ended else FROM_RECORD,
            stage=state,
            progress=task.progress if task else 0,
            message=message,
            last=self.ended,
        )


class WatchTask:
    """Opens streams of what happens to tasks."""

    def __init__(
        self,
        jobs: JobRepository,
        tasks: TaskRepository,
        events: JobEvents,
        finished: Callable[[Assembly], Awaitable[FinishedFilm]],
        watchers: Watchers,
        heartbeat: float,
    ) -> None:
        """Take the ports, a function that returns the answer about a completed task, the limit of
        watchers, and the seconds without an event after which a watcher is told that the task
        goes on.
        """
        self._jobs = jobs
        self._tasks = tasks
        self._events = events
        self._finished = finished
        self._watchers = watchers
        self._heartbeat = heartbeat

    @asynccontextmanager
    async def __call__(
        self, task_id: UUID, caller: str, after: int = 0, *, of_library: bool = False
    ) -> AsyncGenerator[AsyncIterator[Update]]:
        """Open a stream: events with ids greater than ``after``, then the outcome.

        Only a preparation ``of_library`` may belong to another caller. The first update comes at
        once. Raises `TaskNotFound` for a task of another caller, too,
        `CallerBusy` and `Busy`; a watcher that falls too far behind gets `SubscriberTooSlow`.
        """
        with self._watchers.place(caller):
            async with self._events.subscribe(task_id, after) as subscription:
                # Read after subscribing, so that an end is either on record or told.
                owner = None if of_library else caller
                found = await self._found(task_id, owner)
                yield self._updates(task_id, owner, after, subscription, found)

    async def check(self, task_id: UUID, caller: str | None) -> None:
        """Raise `TaskNotFound` unless the caller may watch this task.

        None is anybody, who may watch the preparation of a library.
        """
        await self._found(task_id, caller)

    async def _updates(
        self,
        task_id: UUID,
        caller: str | None,
        after: int,
        subscription: Subscription,
        found: _Records,
    ) -> AsyncGenerator[Update]:
        progress = 0
        if subscription.up_to_date and not found.ended:
            if after:
                yield None
            else:
                begun = found.event(task_id)
                progress = begun.progress
                yield msgspec.structs.replace(begun, metadata=found.metadata)
        while True:
            if found.ended and subscription.up_to_date:
                event = found.event(task_id)
            else:
                try:
                    event = await _next(subscription, self._heartbeat)
                except StopAsyncIteration:
                    break
            if event is None:
                found = await self._current(task_id, caller, found)
                if not found.ended:
                    yield None
                continue
            progress = max(progress, event.progress)
            if event.id > after:
                yield msgspec.structs.replace(event, progress=progress, metadata=found.metadata)
            if event.last:
                break
        if not found.ended:
            found = await self._found(task_id, caller)
        yield await self._outcome(found)

    async def _found(self, task_id: UUID, caller: str | None) -> _Records:
        job: Job | None = None
        task: Assembly | None = None
        try:
            job = await self._jobs.get(task_id)
        except JobNotFound:
            # Made by a command, or by an earlier version.
            task = await self._tasks.get(task_id)
        else:
            try:
                task = await self._tasks.get(task_id)
            except TaskNotFound:
                task = None
        found = _Records(job=job, task=task)
        if not found.belongs_to(caller):
            raise TaskNotFound
        return found

    async def _current(self, task_id: UUID, caller: str | None, before: _Records) -> _Records:
        """Return what is on record now; if the database is away, what was on record before."""
        try:
            return await self._found(task_id, caller)
        except NotReady:
            return before

    async def _outcome(self, found: _Records) -> Outcome:
        job, task = found.job, found.task
        if not found.ended:
            return Outcome(failure=recorded(InternalError()))
        if job is not None:
            if job.state is JobState.COMPLETED:
                return Outcome(result=job.result)
            return Outcome(failure=job.failure or recorded(JobCancelled()))
        if task is not None and task.state is State.COMPLETED:
            return Outcome(result=msgspec.json.encode(await self._finished(task)).decode())
        failure = failure_on_record(task) if task else None
        return Outcome(failure=failure or recorded(JobCancelled()))


async def _next(subscription: Subscription, seconds: float) -> JobEvent | None:
    """Return the next event, or None after some seconds without one."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await anext(subscription)
    except TimeoutError:
        if not limit.expired():
            raise
        return None
