"""The contract of every JobEvents: in one process, and between processes over Postgres."""

import asyncio
import gc
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database, open_database
from adapters.database.job_events import open_job_events
from adapters.database.schema import open_schema
from adapters.memory.job_events import MemoryJobEvents
from application.jobs.subscriptions import BufferedSubscription
from application.ports.job_events import JobEvent, JobEvents, Subscription
from domain.jobs.errors import SubscriberTooSlow
from tests.contracts import postgres

pytestmark = pytest.mark.anyio

PATIENCE = 30.0
"""Seconds after which what is waited for will not happen any more."""
BUFFER = 5
JOB = UUID(int=7)
NEVER = 3600.0
"""Seconds between reads without a notification, so that a test relies on notifications alone."""


@pytest.fixture(params=["memory", "postgres"])
def url(request: pytest.FixtureRequest) -> str | None:
    """URL of an empty database; None for the adapter in memory."""
    return None if request.param == "memory" else request.getfixturevalue("postgres_url")


@pytest.fixture
async def events(url: str | None) -> AsyncGenerator[JobEvents]:
    if url is None:
        yield MemoryJobEvents(BUFFER)
        return
    async with passing_on(url) as opened:
        yield opened


@asynccontextmanager
async def passing_on(url: str, looked: float = NEVER) -> AsyncGenerator[JobEvents]:
    """Events of a process that uses this database."""
    async with (
        open_database(url, 3) as database,
        open_job_events(database, url, BUFFER, looked) as opened,
    ):
        yield opened


def event(number: int, *, job_id: UUID = JOB, last: bool = False, **fields: Any) -> JobEvent:
    usual: dict[str, Any] = {"stage": "fetching", "progress": min(number, 100), "message": "!"}
    values = usual | fields
    return JobEvent(job_id=job_id, id=number, last=last, **values)


async def publish(events: JobEvents, *numbers: int, last: bool = False) -> None:
    for number in numbers:
        await events.publish(event(number, last=last))


async def read(subscription: Subscription, number: int) -> list[int]:
    """Read as many events, and return their ids."""
    async with asyncio.timeout(PATIENCE):
        return [(await anext(subscription)).id for _ in range(number)]


async def read_all(events: JobEvents, after: int = 0, job_id: UUID = JOB) -> list[JobEvent]:
    """Read the events until the last one."""
    async with asyncio.timeout(PATIENCE), events.subscribe(job_id, after) as subscription:
        return [each async for each in subscription]


async def test_a_subscriber_gets_every_event_whole_and_in_order(events: JobEvents) -> None:
    told = [
        event(1, message="¿Qué? \0 \U0001f483", eta_seconds=0.1 + 0.2),
        event(2, stage="concatenating"),
        event(9, stage="completed", progress=100, last=True),
    ]
    async with events.subscribe(JOB) as subscription:
        for each in told:
            await events.publish(each)
        async with asyncio.timeout(PATIENCE):
            assert [each async for each in subscription] == told


async def test_one_who_joins_late_gets_what_was(events: JobEvents) -> None:
    async with events.subscribe(JOB) as first:
        for number in range(1, 2 * BUFFER):
            await publish(events, number)
            await read(first, 1)
        async with events.subscribe(JOB) as late:
            assert not late.up_to_date
            await publish(events, 50)
            assert await read(late, 2 * BUFFER) == [*range(1, 2 * BUFFER), 50]
            assert late.up_to_date
        await publish(events, 60, last=True)
        assert await read(first, 2) == [50, 60]
        assert not first.up_to_date
    assert [each.id for each in await read_all(events)] == [*range(1, 2 * BUFFER), 50, 60]


async def test_a_subscriber_resumes_after_the_event_that_it_read_last(events: JobEvents) -> None:
    await publish(events, 1, 2, 3)
    await publish(events, 4, last=True)
    assert [each.id for each in await read_all(events, after=2)] == [3, 4]
    assert [each.id for each in await read_all(events, after=3)] == [4]


async def test_a_subscription_after_the_last_event_ends_at_once(events: JobEvents) -> None:
    await publish(events, 1)
    await publish(events, 2, last=True)
    await read_all(events)
    assert await read_all(events, after=2) == []
    assert await read_all(events, after=1_000) == []


async def test_events_go_to_the_subscribers_of_their_job_alone(events: JobEvents) -> None:
    other = uuid4()
    async with events.subscribe(JOB) as one, events.subscribe(other) as two:
        await events.publish(event(1, job_id=other))
        await publish(events, 2)
        assert (await read(one, 1), await read(two, 1)) == ([2], [1])


async def test_progress_never_goes_backwards_in_a_second_attempt(events: JobEvents) -> None:
    for number, progress in ((1, 10), (2, 70), (1_000_001, 0), (1_000_002, 80)):
        await events.publish(event(number, progress=progress))
    await events.publish(event(1_999_999, progress=0, last=True))
    told = [each.progress for each in await read_all(events)]
    assert told == [10, 70, 70, 80, 80]
    assert [each.progress for each in await read_all(events, after=2)] == told[2:]


async def test_a_late_event_of_an_earlier_attempt_reaches_no_subscriber(events: JobEvents) -> None:
    async with events.subscribe(JOB) as subscription:
        await publish(events, 1_000_001)
        assert await read(subscription, 1) == [1_000_001]
        await publish(events, 2, 1_000_002)
        assert await read(subscription, 1) == [1_000_002]


async def test_a_slow_subscriber_is_dropped_and_may_resume(events: JobEvents) -> None:
    async with events.subscribe(JOB) as slow, events.subscribe(JOB) as quick:
        for number in range(1, BUFFER + 2):
            await publish(events, number)
            assert await read(quick, 1) == [number]
        with pytest.raises(SubscriberTooSlow):
            await read(slow, 1)
        with pytest.raises(SubscriberTooSlow):
            await read(slow, 1)
        async with events.subscribe(JOB, after=2) as again:
            assert await read(again, BUFFER - 1) == [*range(3, BUFFER + 2)]
            await publish(events, 50)
            assert (await read(again, 1), await read(quick, 1)) == ([50], [50])


async def test_what_was_before_needs_no_room_in_the_buffer(events: JobEvents) -> None:
    past = range(1, 4 * BUFFER)
    await publish(events, *past, 50)
    async with events.subscribe(JOB, after=49) as first:
        assert await read(first, 1) == [50]
    async with events.subscribe(JOB) as late, events.subscribe(JOB, after=50) as quick:
        await publish(events, *range(51, 51 + BUFFER))
        await read(quick, BUFFER)
        assert await read(late, len(past) + 1 + BUFFER) == [*past, *range(50, 51 + BUFFER)]


async def test_publishing_waits_for_no_subscriber(events: JobEvents) -> None:
    async with events.subscribe(JOB) as unread:
        async with asyncio.timeout(PATIENCE):
            await publish(events, *range(1, 100))
        with pytest.raises(SubscriberTooSlow):
            await read(unread, 100)


async def test_of_a_cancelled_subscriber_nothing_is_left(events: JobEvents) -> None:
    begun = asyncio.Event()

    async def wait() -> None:
        async with events.subscribe(JOB) as subscription:
            begun.set()
            await anext(subscription)

    waiting = asyncio.create_task(wait())
    await begun.wait()
    waiting.cancel()
    await asyncio.wait({waiting})
    assert waiting.cancelled()
    await publish(events, 1)
    await publish(events, 2, last=True)
    assert [each.id for each in await read_all(events)] == [1, 2]
    del waiting
    gc.collect()
    # Unlike isinstance, `type` does not follow proxies whose objects are gone.
    left = [each for each in gc.get_objects() if type(each) is BufferedSubscription]
    assert left == []


async def test_many_subscribers_get_the_same(events: JobEvents) -> None:
    async with asyncio.TaskGroup() as group:
        reading = [group.create_task(read_all(events)) for _ in range(30)]
        await asyncio.sleep(0)
        for number in range(1, BUFFER):
            await publish(events, number)
            await asyncio.sleep(0)
        await publish(events, 9, last=True)
    assert {tuple(each.id for each in task.result()) for task in reading} == {(1, 2, 3, 4, 9)}


async def test_events_of_jobs_that_ended_long_ago_are_forgotten(events: JobEvents) -> None:
    await publish(events, 1)
    await publish(events, 2, last=True)
    await read_all(events)
    assert await events.purge(timedelta(days=7)) == 0
    assert [each.id for each in await read_all(events)] == [1, 2]
    assert await events.purge(timedelta(seconds=-1)) == 2
    async with events.subscribe(JOB) as subscription:
        assert subscription.up_to_date


async def test_memory_keeps_few_jobs_and_few_events() -> None:
    clock = 0.0
    events = MemoryJobEvents(most_jobs=2, kept=60, now=lambda: clock)
    jobs = [UUID(int=number) for number in range(3)]
    for job_id in jobs:
        await events.publish(event(1, job_id=job_id))
    async with events.subscribe(jobs[0]) as gone, events.subscribe(jobs[1]) as kept:
        assert (gone.up_to_date, kept.up_to_date) == (True, False)
    clock = 61.0
    await events.publish(event(2, job_id=jobs[2]))
    async with events.subscribe(jobs[1]) as gone, events.subscribe(jobs[2]) as kept:
        assert (gone.up_to_date, kept.up_to_date) == (True, False)
    for number in range(3, 3_000):
        await events.publish(event(number))
    async with events.subscribe(JOB, after=2_500) as kept:
        assert await read(kept, 1) == [2_501]
    async with events.subscribe(JOB) as kept:
        assert await read(kept, 1) == [2_000]


async def test_processes_tell_one_another(postgres_url: str) -> None:
    async with (
        passing_on(postgres_url) as here,
        passing_on(postgres_url) as there,
        here.subscribe(JOB) as subscription,
    ):
        await publish(there, 1, 2)
        assert await read(subscription, 2) == [1, 2]
        async with there.subscribe(JOB, after=1) as late:
            await publish(here, 3)
            assert (await read(subscription, 1), await read(late, 2)) == ([3], [2, 3])


CHILD = """
import asyncio, sys
from uuid import UUID
from adapters.database.engine import open_database
from adapters.database.job_events import open_job_events
from application.ports.job_events import JobEvent

async def tell(url):
    async with open_database(url, 1) as database, open_job_events(database, url) as events:
        for number in range(1, 4):
            await events.publish(JobEvent(job_id=UUID(int=7), id=number, stage="fetching",
                progress=number, message="There", last=number == 3))

asyncio.run(tell(sys.argv[1]))
"""


async def test_a_process_that_ends_has_told_everything(postgres_url: str) -> None:
    async with passing_on(postgres_url) as here, here.subscribe(JOB) as subscription:
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, postgres_url)
        async with asyncio.timeout(PATIENCE):
            assert [each.message async for each in subscription] == ["There"] * 3
            assert await child.wait() == 0


async def test_a_lost_notification_loses_no_event(postgres_url: str) -> None:
    async with (
        open_database(postgres_url) as database,
        passing_on(postgres_url, looked=0.05) as here,
        here.subscribe(JOB) as subscription,
    ):
        await insert_silently(database, event(1))
        assert await read(subscription, 1) == [1]


async def insert_silently(database: Database, told: JobEvent) -> None:
    """Store an event without a notification."""

    async def work(connection: AsyncConnection) -> None:
        row = "INSERT INTO job_event VALUES (:job_id, :id, now(), :document)"
        document = msgspec.json.encode(told).decode()
        values = {"job_id": str(told.job_id), "id": told.id, "document": document}
        await connection.execute(text(row.replace(":job_id", "CAST(:job_id AS uuid)")), values)

    await database.transact(work)


async def test_a_connection_that_is_cut_is_opened_again(postgres_url: str) -> None:
    cut = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with (
        open_database(postgres_url) as database,
        passing_on(postgres_url) as here,
        here.subscribe(JOB) as subscription,
    ):
        await publish(here, 1)
        assert await read(subscription, 1) == [1]
        assert (await database.read(text(cut)))[0][0] >= 2
        await publish(here, 2)
        assert await read(subscription, 1) == [2]


async def test_events_wait_for_a_database_that_is_away() -> None:
    with postgres.own_server() as server:
        url = await postgres.created(server.url, "template0")
        async with open_schema(url) as schema:
            await schema.upgrade()
        async with passing_on(url, looked=0.2) as here, here.subscribe(JOB) as subscription:
            server.stop()
            await publish(here, 1)
            server.start()
            await publish(here, 2, last=True)
            assert await read(subscription, 2) == [1, 2]
