"""Whoever watches a task sees its progress and its outcome, whenever they come."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from adapters.memory.job_events import MemoryJobEvents
from adapters.memory.jobs import MemoryJobRepository
from adapters.memory.tasks import MemoryTaskRepository
from application.jobs.end_events import last_event
from application.jobs.watch_task import Outcome, Update, WatchTask
from application.jobs.watchers import Watchers
from application.ports.job_events import JobEvent
from application.ports.jobs import Submission
from application.rendering.finished_film import FinishedFilm
from domain.jobs.errors import Poisoned, SubscriberTooSlow
from domain.jobs.job import Job, JobKind
from domain.jobs.outcome import recorded
from domain.rendering.assembly import Assembly, Failure, State, Step
from domain.shared.errors import Busy, CallerBusy, NotReady, TaskNotFound

pytestmark = pytest.mark.anyio

PATIENCE = 10.0
NOW = datetime(2024, 2, 29, tzinfo=UTC)
JOB = UUID(int=5)
SOON = 0.01
"""Seconds between heartbeats, in tests that await one."""


class Service:
    """Jobs, tasks and events in memory, and the use case over them."""

    def __init__(self, heartbeat: float = PATIENCE, watchers: Watchers | None = None) -> None:
        self.tasks = MemoryTaskRepository()
        self.jobs = MemoryJobRepository(self.tasks)
        self.events = MemoryJobEvents(buffer=3)
        self.watch = WatchTask(
            self.jobs, self.tasks, self.events, film_of, watchers or Watchers(9, 9), heartbeat
        )

    async def submit(self) -> Job:
        job = Job(job_id=JOB, kind=JobKind.GENERATE, owner="ana", created_at=NOW)
        return await self.jobs.submit(Submission(job=job, payload="{}", task=task()))

    async def start(self) -> Job:
        await self.submit()
        started = await self.jobs.claim(JOB)
        assert started
        return started

    async def end(self, change: Callable[[Job], Job], *, is_event: bool = True) -> Job:
        ended = await self.jobs.update(JOB, 1, change)
        if is_event:
            await self.events.publish(last_event(ended))
        return ended

    async def tell(self, number: int, progress: int) -> None:
        await self.events.publish(
            JobEvent(
                job_id=JOB,
                id=1_000_000 + number,
                stage="fetching",
                progress=progress,
                message="Fetching",
            )
        )

    @asynccontextmanager
    async def watching(self, after: int = 0) -> AsyncGenerator[AsyncIterator[Update]]:
        async with asyncio.timeout(PATIENCE), self.watch(JOB, "ana", after) as updates:
            yield updates

    async def all(self, after: int = 0) -> list[Update]:
        """Read everything to the outcome."""
        async with self.watching(after) as updates:
            return [each async for each in updates]


async def film_of(assembly: Assembly) -> FinishedFilm:
    return FinishedFilm(
        task_id=assembly.task_id,
        status=assembly.state,
        video_id=assembly.task_id,
        video_url="/film",
        duration_seconds=1.0,
        video_duration_seconds=2.0,
        blueprint_url="/blueprint",
    )


def task(task_id: UUID = JOB, **fields: Any) -> Assembly:
    return Assembly(task_id=task_id, owner="ana", created_at=NOW, updated_at=NOW, **fields)


def brief(updates: Sequence[Update]) -> list[Any]:
    return [(each.stage, each.progress) if isinstance(each, JobEvent) else each for each in updates]


RESULT = Outcome(result='{"a":1}')


def completed(job: Job) -> Job:
    return job.completed('{"a":1}')


async def test_a_queued_task_is_told_at_once_then_its_progress_and_its_result() -> None:
    service = Service()
    await service.submit()
    async with service.watching() as updates:
        first = await anext(updates)
        assert isinstance(first, JobEvent)
        assert (first.stage, first.progress, first.id) == ("pending", 0, 0)
        assert first.message == "Waiting for a worker"
        await service.jobs.claim(JOB)
        await service.tell(1, 20)
        await service.end(completed)
        rest = [each async for each in updates]
    assert brief(rest) == [("fetching", 20), ("completed", 100), RESULT]


async def test_one_who_joins_late_sees_what_was() -> None:
    service = Service()
    await service.start()
    await service.tell(1, 20)
    await service.tell(2, 30)
    await service.end(completed)
    everything = [("fetching", 20), ("fetching", 30), ("completed", 100), RESULT]
    assert brief(await service.all()) == everything
    assert brief(await service.all(after=1_000_001)) == everything[1:]
    assert brief(await service.all(after=1_999_999)) == [RESULT]


async def test_one_who_resumes_gets_no_event_twice_and_a_sign_of_life_at_once() -> None:
    service = Service()
    await service.start()
    await service.tell(1, 20)
    async with service.watching(after=1_000_001) as updates:
        assert await anext(updates) is None
        await service.tell(2, 40)
        assert brief([await anext(updates)]) == [("fetching", 40)]


@pytest.mark.parametrize("is_event", [True, False])
async def test_a_failure_is_told_with_its_reason(is_event: bool) -> None:
    service = Service()
    await service.start()
    await service.tell(1, 20)
    failure = recorded(Poisoned())
    await service.end(lambda job: job.failed(failure), is_event=is_event)
    *_, last, outcome = await service.all()
    assert isinstance(last, JobEvent)
    assert (last.stage, last.progress, last.message, last.last) == (
        "failed",
        20,
        failure.message,
        True,
    )
    assert outcome == Outcome(failure=failure)


async def test_a_queued_task_that_is_cancelled_ends() -> None:
    service = Service(heartbeat=SOON)
    await service.submit()
    async with service.watching() as updates:
        await anext(updates)
        await service.jobs.request_cancel(JOB)
        rest = [each async for each in updates if each is not None]
    assert brief(rest[:1]) == [("cancelled", 0)]
    assert isinstance(rest[1], Outcome)
    assert rest[1].failure is not None
    assert rest[1].failure.code == "job-cancelled"


async def test_an_end_of_which_no_event_comes_is_found_on_record() -> None:
    service = Service(heartbeat=SOON)
    await service.start()
    async with service.watching() as updates:
        await anext(updates)
        await service.end(completed, is_event=False)
        rest = [each async for each in updates if each is not None]
    assert brief(rest) == [("completed", 100), RESULT]


async def test_while_nothing_happens_there_are_heartbeats() -> None:
    service = Service(heartbeat=SOON)
    await service.start()
    async with service.watching() as updates:
        assert await anext(updates) is not None
        assert [await anext(updates) for _ in range(3)] == [None] * 3


async def test_while_the_database_is_away_there_are_heartbeats() -> None:
    service = Service(heartbeat=SOON)
    await service.start()
    async with service.watching() as updates:
        await anext(updates)
        reading = service.jobs.get

        async def away(job_id: UUID) -> Job:
            raise NotReady("The database is away.")

        service.jobs.get = away
        assert [await anext(updates) for _ in range(2)] == [None] * 2
        service.jobs.get = reading
        await service.end(completed, is_event=False)
        assert [each async for each in updates if each is not None][-1] == RESULT


@pytest.mark.parametrize("caller", ["eva", ""])
async def test_a_foreign_task_is_not_found(caller: str) -> None:
    service = Service()
    await service.start()
    for task_id in (JOB, uuid4()):
        with pytest.raises(TaskNotFound):
            async with service.watch(task_id, caller):
                raise AssertionError
    with pytest.raises(TaskNotFound):
        await service.watch.check(JOB, caller)
    await service.watch.check(JOB, "ana")


ENDS = {
    State.COMPLETED: (task(state=State.COMPLETED, progress=100), None),
    State.FAILED: (
        task(
            state=State.FAILED,
            progress=20,
            failure=Failure(code="disk-full", message="Full", stage=State.FETCHING),
        ),
        "disk-full",
    ),
    State.CANCELLED: (task(state=State.CANCELLED, progress=20), "job-cancelled"),
}


@pytest.mark.parametrize("state", ENDS)
async def test_a_task_that_no_job_made_has_one_event_and_an_outcome(state: State) -> None:
    service = Service()
    ended, code = ENDS[state]
    await service.tasks.add(ended)
    event, outcome = await service.all()
    assert isinstance(event, JobEvent)
    assert (event.stage, event.progress, event.last) == (state, ended.progress, True)
    assert isinstance(outcome, Outcome)
    if code is None:
        assert outcome.result is not None
        assert msgspec.json.decode(outcome.result)["video_url"] == "/film"
    else:
        assert outcome.failure is not None
        assert outcome.failure.code == code


async def test_a_task_that_a_command_makes_is_watched_to_its_end() -> None:
    service = Service(heartbeat=SOON)
    await service.tasks.add(task())
    async with service.watching() as updates:
        first = await anext(updates)
        assert isinstance(first, JobEvent)
        assert (first.stage, first.message) == ("pending", "In progress")
        await service.tasks.update(JOB, lambda assembly: assembly.take(Step.CANCEL, NOW))
        rest = [each async for each in updates if each is not None]
    assert brief(rest[:1]) == [("cancelled", 0)]


async def test_one_who_does_not_read_is_dropped() -> None:
    service = Service()
    await service.start()
    async with service.watching() as updates:
        await anext(updates)
        for number in range(1, 6):
            await service.tell(number, number)
        with pytest.raises(SubscriberTooSlow):
            await anext(updates)


async def test_watchers_are_few_in_all_and_of_one_caller() -> None:
    service = Service(watchers=Watchers(most=3, most_of_one=2))
    await service.start()
    await service.tasks.add(msgspec.structs.replace(task(uuid4()), owner="eva"))
    [other] = [each for each in service.tasks.history if each != JOB]
    async with service.watching(), service.watching():
        with pytest.raises(CallerBusy):
            async with service.watching():
                raise AssertionError
        async with service.watch(other, "eva"):
            with pytest.raises(Busy):
                async with service.watch(other, "eva"):
                    raise AssertionError
        with pytest.raises(TaskNotFound):
            async with service.watch(uuid4(), "eva"):
                raise AssertionError
    async with service.watching(), service.watching(), service.watch(other, "eva"):
        pass
