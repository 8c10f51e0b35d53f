"""Announcements by PgQueuer: their transactions, their tables, and broken connections."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from anyio.lowlevel import checkpoint
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database, open_database
from adapters.database.jobs import SqlJobRepository
from adapters.jobs import pgqueuer_delivery
from adapters.jobs.pgqueuer_engine import APPLICATION, engine_connection, install
from adapters.jobs.pgqueuer_queue import PgQueuerJobQueue, open_pgqueuer
from application.ports.jobs import Submission
from domain.jobs.job import Job, JobKind, Priority
from domain.shared.errors import CallerBusy, NotReady
from tests.contracts.test_job_queue import LIMIT, NEVER, Records, hears, working

T = TypeVar("T")

pytestmark = pytest.mark.anyio

ANNOUNCED = "SELECT convert_from(payload, 'UTF8') AS job, priority FROM pgqueuer ORDER BY id"


@pytest.fixture
async def database(postgres_url: str) -> AsyncGenerator[Database]:
    await install(postgres_url)
    async with open_database(postgres_url) as opened:
        yield opened


def job(priority: Priority = Priority.INTERACTIVE, owner: str = "local") -> Job:
    now = datetime.now(UTC)
    kind = JobKind.GENERATE
    return Job(job_id=uuid4(), kind=kind, owner=owner, created_at=now, priority=priority)


async def rows(database: Database, query: str) -> list[Any]:
    async def work(connection: AsyncConnection) -> list[Any]:
        return [tuple(row) for row in (await connection.execute(text(query))).all()]

    return await database.transact(work)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT):
        while not holds():  # noqa: ASYNC110 - the log has no event to wait for
            await asyncio.sleep(0.01)


async def test_a_job_is_announced_by_the_transaction_that_records_it(
    database: Database, postgres_url: str
) -> None:
    queue = PgQueuerJobQueue(database, postgres_url)
    jobs = SqlJobRepository(database, queue.enqueue)
    late = await jobs.submit(Submission(job=job(Priority.BACKGROUND), payload="{}"))
    soon = await jobs.submit(Submission(job=job(), payload="{}"))
    expected = [(str(late.job_id), -10), (str(soon.job_id), 0)]
    assert await rows(database, ANNOUNCED) == expected
    # What is announced already is not announced twice.
    for _ in range(2):
        await queue.announce(soon.job_id)
    assert await rows(database, ANNOUNCED) == expected


async def test_a_job_that_is_not_recorded_is_not_announced(
    database: Database, postgres_url: str
) -> None:
    queue = PgQueuerJobQueue(database, postgres_url)
    jobs = SqlJobRepository(database, queue.enqueue)

    async def refused(connection: AsyncConnection, recorded: Job) -> None:
        await queue.enqueue(connection, recorded)
        raise CallerBusy

    with pytest.raises(CallerBusy):
        await SqlJobRepository(database, refused).submit(Submission(job=job(), payload="{}"))
    assert await rows(database, ANNOUNCED) == []
    kept = await jobs.submit(Submission(job=job(), payload="{}"))
    assert await rows(database, ANNOUNCED) == [(str(kept.job_id), 0)]


async def test_a_worker_gets_announcements_after_its_connection_was_cut(
    database: Database, postgres_url: str
) -> None:
    queue, records = PgQueuerJobQueue(database, postgres_url, NEVER), Records()
    records.may_end.set()
    cut = f"SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{APPLICATION}' AND datname = current_database()"  # noqa: E501, S608
    async with working(queue, records.run, 1):
        for _ in range(2):
            await hears(queue, queue)
            assert len(await rows(database, cut)) == 1
            await queue.announce(announced := records.add())
            await records.until(lambda: records.ended[-1:] == [announced])
            await hears(queue, queue)


async def test_a_worker_waits_for_the_tables_and_then_works(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    records = Records()
    records.may_end.set()
    async with open_database(postgres_url) as database:
        queue = PgQueuerJobQueue(database, postgres_url, NEVER)
        async with working(queue, records.run, 1):
            await until(lambda: "jobs are not announced by the database" in caplog.messages)
            await install(postgres_url)
            await queue.announce(announced := records.add())
            await records.until(lambda: records.ended == [announced])


async def test_the_tables_are_made_once(postgres_url: str) -> None:
    made = await asyncio.gather(*(install(postgres_url) for _ in range(3)))
    assert sorted(map(bool, made)) == [False, False, True]


async def test_names_of_tables_in_the_environment_do_not_count(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("QUEUE_TABLE", "CHANNEL", "PGQUEUER_PREFIX", "PGQUEUER_SCHEMA", "TRIGGER"):
        monkeypatch.setenv(name, "other")
    await install(postgres_url)
    async with open_database(postgres_url) as database:
        queue = await open_pgqueuer(database, postgres_url)
        await queue.announce(announced := uuid4())
        assert await rows(database, ANNOUNCED) == [(str(announced), 0)]


async def test_missing_tables_are_told_at_the_start(postgres_url: str, sqlite_url: str) -> None:
    for url, message in (
        (postgres_url, "bachata-buddy db upgrade"),
        (sqlite_url, "needs Postgres"),
    ):
        async with open_database(url) as database:
            with pytest.raises(NotReady, match=message):
                await open_pgqueuer(database, url)


async def test_old_rows_of_the_log_are_deleted(database: Database, postgres_url: str) -> None:
    queue, records = PgQueuerJobQueue(database, postgres_url, NEVER), Records()
    records.may_end.set()
    await queue.announce(old := records.add())
    await rows(database, "UPDATE pgqueuer_log SET created = now() - interval '8 days' RETURNING 1")
    await queue.announce(records.add())
    async with engine_connection(postgres_url) as (_, queries):
        await pgqueuer_delivery.prune(queries, timedelta(days=7))
    assert len(await rows(database, "SELECT 1 FROM pgqueuer_log")) == 1
    assert (str(old), 0) in await rows(database, ANNOUNCED)


async def test_a_worker_prunes_the_log(database: Database, postgres_url: str) -> None:
    queue, records = PgQueuerJobQueue(database, postgres_url, NEVER), Records()
    await queue.announce(uuid4())
    old = "UPDATE pgqueuer_log SET created = now() - interval '8 days' RETURNING id"
    (only,) = await rows(database, old)
    async with working(queue, records.run), asyncio.timeout(LIMIT):
        while only in await rows(database, "SELECT id FROM pgqueuer_log"):
            await checkpoint()


async def test_a_hint_that_cannot_be_told_fails_for_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Away:
        name = "Postgres database 'away'"

        async def transact(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
            raise NotReady

    queue = PgQueuerJobQueue(Away(), "postgresql://")
    await queue.announce(uuid4())
    await queue.signal_cancel(uuid4())
    assert len(caplog.messages) == 2
    with pytest.raises(NotReady):
        await queue.ready()


async def test_the_queue_counts_its_workers(database: Database, postgres_url: str) -> None:
    queue = PgQueuerJobQueue(database, postgres_url, NEVER)
    assert await queue.ready() == "0 workers, 0 announced jobs"
    await queue.announce(uuid4())
    assert await queue.ready() == "0 workers, 1 announced jobs"
    async with working(queue, Records().run):
        await hears(queue, queue)
        assert (await queue.ready()).startswith("1 workers")
