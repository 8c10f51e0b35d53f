"""The contract of every JobQueue: within the process, and on Postgres."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from anyio.lowlevel import checkpoint
from hypothesis import given
from hypothesis import strategies as st

from adapters.database.engine import open_database
from adapters.jobs.in_process import InProcessJobQueue
from adapters.jobs.pgqueuer_engine import install
from adapters.jobs.pgqueuer_queue import PgQueuerJobQueue
from application.ports.job_queue import JobQueue, RunJob
from domain.jobs.job import Lane, Priority

pytestmark = pytest.mark.anyio

NEVER = 3600.0
SOON = 0.01
LIMIT = 20.0
"""Seconds after which a test that waits has failed."""

Open = Callable[[float], JobQueue]
"""Opens the queue as one more process, with the given seconds between looks at the records."""


@pytest.fixture(params=["in_process", "pgqueuer"])
def open_queue(request: pytest.FixtureRequest) -> Open:
    return request.getfixturevalue(f"open_{request.param}")


@pytest.fixture
def open_in_process() -> Open:
    opened: list[InProcessJobQueue] = []

    def open_one(look: float) -> JobQueue:
        if not opened:
            opened.append(InProcessJobQueue(look))
        return opened[0]

    return open_one


@pytest.fixture
async def open_pgqueuer(postgres_url: str) -> AsyncGenerator[Open]:
    await install(postgres_url)
    async with open_database(postgres_url) as database:
        yield lambda look: PgQueuerJobQueue(database, postgres_url, look)


class Records:
    """Jobs that are ready, and their runs; the smallest job by priority and age is the next."""

    def __init__(self) -> None:
        self.ready: list[tuple[int, UUID]] = []
        self.started: list[UUID] = []
        self.ended: list[UUID] = []
        self.cancelled: list[UUID] = []
        self.most_at_once = 0
        self.looks_in_vain = 0
        """Looks that found no job since the latest start."""
        self.may_end = asyncio.Event()
        self._changed = asyncio.Condition()

    def add(self, priority: int = 0) -> UUID:
        self.ready.append((priority, job_id := uuid4()))
        return job_id

    async def run(self, lane: Lane) -> bool:
        await checkpoint()
        found = [each for each in self.ready if Priority(each[0]).lane is lane]
        if not found:
            self.looks_in_vain += 1
            await self._tell()
            return False
        self.looks_in_vain = 0
        self.ready.remove(first := min(found, key=lambda each: each[0]))
        self.started.append(first[1])
        going_on = len(self.started) - len(self.ended) - len(self.cancelled)
        self.most_at_once = max(self.most_at_once, going_on)
        await self._tell()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            await checkpoint_even_if_cancelled()
            self.cancelled.append(first[1])
            raise
        self.ended.append(first[1])
        await self._tell()
        return True

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT), self._changed:
            await self._changed.wait_for(holds)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


async def checkpoint_even_if_cancelled() -> None:
    await asyncio.shield(asyncio.ensure_future(checkpoint()))


def lanes(films: int, library: int = 0) -> dict[Lane, int]:
    return {Lane.FILMS: films, Lane.LIBRARY: library}


@asynccontextmanager
async def working(
    queue: JobQueue, run: RunJob, at_once: int = 2, library: int = 0
) -> AsyncGenerator[None]:
    work = asyncio.create_task(queue.work(run, lanes(at_once, library)))
    try:
        yield
    finally:
        work.cancel()
        await asyncio.wait({work}, timeout=LIMIT)
    assert work.cancelled()


async def test_an_announced_job_starts(open_queue: Open) -> None:
    queue, records = open_queue(NEVER), Records()
    async with working(queue, records.run, 2):
        await records.until(lambda: records.looks_in_vain == 2)
        await queue.announce(first := records.add())
        await records.until(lambda: records.started == [first])


async def test_a_job_that_was_announced_before_work_begins_starts(open_queue: Open) -> None:
    queue, records = open_queue(NEVER), Records()
    await queue.announce(early := records.add())
    async with working(queue, records.run):
        await records.until(lambda: records.started == [early])


async def test_a_job_whose_hint_is_lost_starts_later(open_queue: Open) -> None:
    queue, records = open_queue(SOON), Records()
    records.may_end.set()
    async with working(queue, records.run, 2):
        await records.until(lambda: records.looks_in_vain >= 2)
        lost = records.add()
        await records.until(lambda: records.ended == [lost])


async def test_a_job_that_is_announced_twice_starts_once(open_queue: Open) -> None:
    queue, records = open_queue(SOON), Records()
    records.may_end.set()
    async with working(queue, records.run):
        await queue.announce(twice := records.add())
        await queue.announce(twice)
        await records.until(lambda: records.ended == [twice])
        await queue.announce(twice)
        await queue.announce(last := records.add())
        await records.until(lambda: len(records.ended) == 2)
    assert records.started == [twice, last]


async def test_of_many_workers_one_starts_a_job(open_queue: Open) -> None:
    records = Records()
    records.may_end.set()
    announcing = open_queue(NEVER)
    async with (
        working(open_queue(NEVER), records.run, 4),
        working(open_queue(NEVER), records.run, 4),
    ):
        jobs = [records.add() for _ in range(12)]
        await asyncio.gather(*(announcing.announce(job_id) for job_id in [*jobs, *jobs]))
        await records.until(lambda: len(records.ended) == len(jobs))
    assert sorted(records.started) == sorted(jobs)


async def test_a_busy_worker_leaves_announcements_to_others(open_queue: Open) -> None:
    busy, idle = Records(), Records()
    busy.add()
    queue = open_queue(NEVER)
    async with working(open_queue(NEVER), busy.run, 1):
        await busy.until(lambda: len(busy.started) == 1)
        async with working(open_queue(NEVER), idle.run, 1):
            for _ in range(3):
                await idle.until(lambda: idle.looks_in_vain >= 1)
                await queue.announce(job_id := idle.add())
                idle.may_end.set()
                await idle.until(lambda: idle.ended[-1:] == [job_id])


async def test_no_more_jobs_run_at_once_than_are_allowed(open_queue: Open) -> None:
    queue, records = open_queue(SOON), Records()
    jobs = [records.add() for _ in range(7)]
    async with working(queue, records.run, 3):
        for job_id in jobs:
            await queue.announce(job_id)
        await records.until(lambda: len(records.started) == 3)
        records.may_end.set()
        await records.until(lambda: len(records.ended) == 7)
    assert records.most_at_once == 3


async def test_one_job_at_a_time_is_possible(open_queue: Open) -> None:
    queue, records = open_queue(NEVER), Records()
    records.may_end.set()
    async with working(queue, records.run, 1):
        for _ in range(3):
            await queue.announce(records.add())
        await records.until(lambda: len(records.ended) == 3)
    assert records.most_at_once == 1


async def test_jobs_start_in_the_order_of_their_priorities(open_queue: Open) -> None:
    queue, records = open_queue(NEVER), Records()
    blocking = records.add(Priority.BACKGROUND)
    async with working(queue, records.run, 0, library=1):
        await records.until(lambda: records.started == [blocking])
        jobs = [records.add(priority) for priority in (10, 5, 10, 5)]
        for job_id in jobs:
            await queue.announce(job_id, Priority.BACKGROUND)
        records.may_end.set()
        await records.until(lambda: len(records.ended) == 5)
    assert records.started[1:] == [jobs[1], jobs[3], jobs[0], jobs[2]]


async def test_a_film_starts_at_once_while_the_library_is_prepared(open_queue: Open) -> None:
    queue, records = open_queue(NEVER), Records()
    library = [records.add(Priority.BACKGROUND) for _ in range(5)]
    async with working(queue, records.run, 1, library=1):
        await records.until(lambda: len(records.started) == 1)
        for job_id in library:
            await queue.announce(job_id, Priority.BACKGROUND)
        await queue.announce(film := records.add())
        await records.until(lambda: film in records.started)
        assert records.started == [library[0], film]
        records.may_end.set()
        await records.until(lambda: len(records.ended) == 6)
    assert records.most_at_once == 2


async def test_work_on_the_library_starts_when_it_is_announced(open_queue: Open) -> None:
    queue, records = open_queue(NEVER), Records()
    records.may_end.set()
    async with working(queue, records.run, 1, library=1):
        await records.until(lambda: records.looks_in_vain >= 2)
        await queue.announce(job_id := records.add(Priority.CHANGED), Priority.CHANGED)
        await records.until(lambda: records.ended == [job_id])


async def test_runs_are_cancelled_with_the_work_and_end_before_it(open_queue: Open) -> None:
    queue, records = open_queue(NEVER), Records()
    jobs = [records.add() for _ in range(2)]
    async with working(queue, records.run, 2):
        await records.until(lambda: len(records.started) == 2)
    assert sorted(records.cancelled) == sorted(jobs)
    records.add()
    await queue.announce(jobs[0])
    assert len(records.started) == 2


async def test_work_that_is_stopped_lets_runs_end_and_starts_no_more(open_queue: Open) -> None:
    queue, records = open_queue(SOON), Records()
    going_on = records.add()
    work = asyncio.create_task(queue.work(records.run, lanes(2)))
    await records.until(lambda: records.started == [going_on])
    await queue.stop()
    await queue.announce(records.add())
    records.may_end.set()
    async with asyncio.timeout(LIMIT):
        await work
    assert (records.ended, len(records.ready)) == ([going_on], 1)


async def test_idle_work_that_is_stopped_returns(open_queue: Open) -> None:
    queue, records = open_queue(SOON), Records()
    records.may_end.set()
    records.add()
    work = asyncio.create_task(queue.work(records.run, lanes(3)))
    await records.until(lambda: len(records.ended) == 1)
    await queue.stop()
    async with asyncio.timeout(LIMIT):
        await work


@pytest.mark.parametrize("error", [RuntimeError, asyncio.CancelledError])
async def test_a_run_that_raises_stops_nothing(
    open_queue: Open, error: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    queue, records = open_queue(SOON), Records()
    records.may_end.set()
    raised = False

    async def run(lane: Lane) -> bool:
        nonlocal raised
        if not raised:
            raised = True
            raise error
        return await records.run(lane)

    async with working(queue, run, 1):
        await queue.announce(job_id := records.add())
        await records.until(lambda: records.ended == [job_id])
    assert "a run of a job failed" in caplog.messages


async def test_an_announcement_fails_for_nobody(open_queue: Open) -> None:
    await open_queue(NEVER).announce(uuid4())


async def hears(telling: JobQueue, told: JobQueue) -> None:
    """Return when signals reach the worker: those before its connection are lost."""
    first = uuid4()
    async with asyncio.timeout(LIMIT):
        while not await told.cancel_signalled(first, SOON):
            await telling.signal_cancel(first)


async def test_a_signal_to_cancel_reaches_the_worker_that_waits(open_queue: Open) -> None:
    telling, told, job_id = open_queue(NEVER), open_queue(NEVER), uuid4()
    async with working(told, Records().run):
        await hears(telling, told)
        waiting = asyncio.create_task(told.cancel_signalled(job_id, LIMIT))
        others = asyncio.create_task(told.cancel_signalled(uuid4(), SOON))
        await telling.signal_cancel(job_id)
        assert (await waiting, await others) == (True, False)


async def test_a_signal_to_cancel_is_remembered_until_the_worker_waits(open_queue: Open) -> None:
    telling, told = open_queue(NEVER), open_queue(NEVER)
    early, later = uuid4(), uuid4()
    async with working(told, Records().run):
        await hears(telling, told)
        await telling.signal_cancel(early)
        await telling.signal_cancel(later)
        # Signals come in their order.
        assert await told.cancel_signalled(later, LIMIT)
        assert await told.cancel_signalled(early, LIMIT)
        assert not await told.cancel_signalled(early, SOON)


async def test_a_queue_describes_itself(open_queue: Open) -> None:
    assert await open_queue(NEVER).ready()


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=12), st.integers(1, 4))
def test_every_job_starts_once_however_often_it_is_announced(
    jobs: list[tuple[int, int]], at_once: int
) -> None:
    async def run() -> None:
        queue, records = InProcessJobQueue(0.001), Records()
        records.may_end.set()
        async with working(queue, records.run, at_once):
            ids: list[UUID] = []
            for announcements, pauses in jobs:
                ids.append(records.add())
                for _ in range(announcements):
                    await queue.announce(ids[-1])
                for _ in range(pauses):
                    await checkpoint()
            await records.until(lambda: len(records.ended) == len(ids))
        assert sorted(records.started) == sorted(ids)
        assert records.most_at_once <= at_once

    asyncio.run(run())
