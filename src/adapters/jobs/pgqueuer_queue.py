"""A queue on Postgres by PgQueuer: any number of workers, on any number of machines."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.jobs.cancel_signals import CancelSignals
from adapters.jobs.pgqueuer_delivery import CANCEL_CHANNEL, ENTRYPOINTS, Delivery
from adapters.jobs.pgqueuer_engine import APPLICATION, QUEUE, TransactionDriver, queries_on
from adapters.jobs.slots import LOOK, Slots, slots_of, work_in
from application.concurrency.timeouts import ended
from application.ports.job_queue import RunJob
from domain.jobs.job import Job, Lane, Priority
from domain.shared.errors import BachataError, NotReady

T = TypeVar("T")

_log = logging.getLogger("bachata.jobs")

CLOSING: Final = 5.0
"""Maximum seconds for the delivery to end."""
_REMEMBERED: Final = 1024
"""Maximum number of enqueued jobs whose announcement is expected."""

_STATE: Final = text(
    f"SELECT (SELECT count(*) FROM {QUEUE} WHERE status = 'queued') AS announced,"  # noqa: S608 - a constant
    " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    "  AND application_name = :application) AS workers"
)
_INSTALLED: Final = text("SELECT to_regclass(:table) IS NOT NULL")


class Transactions(Protocol):
    """An open database."""

    name: str

    async def transact(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Return the result of ``work``, which runs in a transaction; raises `NotReady`."""
        ...


class PgQueuerJobQueue:
    """Announces jobs by rows that PgQueuer gives to one worker each.

    The rows name jobs and contain nothing else: a worker takes the next job of the records.
    """

    def __init__(self, database: Transactions, url: str, look: float = LOOK) -> None:
        """Take the open database, its URL for one more connection of a worker, and the seconds
        between two looks at the records of jobs.
        """
        self._database = database
        self._url = url
        self._look = look
        self._signals = CancelSignals()
        self._workers: set[Slots] = set()
        self._enqueued: dict[UUID, None] = {}

    async def enqueue(self, connection: AsyncConnection, job: Job) -> None:
        """Announce a job when the given transaction commits."""
        await _put(connection, job.job_id, job.priority)
        self._enqueued[job.job_id] = None
        if len(self._enqueued) > _REMEMBERED:
            del self._enqueued[next(iter(self._enqueued))]

    async def announce(self, job_id: UUID, priority: Priority = Priority.INTERACTIVE) -> None:
        """See `application.ports.job_queue.JobQueue`."""
        if job_id in self._enqueued:
            # Its own transaction has announced it.
            del self._enqueued[job_id]
            return
        await self._hint(lambda connection: _put(connection, job_id, priority))

    async def signal_cancel(self, job_id: UUID) -> None:
        """See `application.ports.job_queue.JobQueue`."""
        notify = text("SELECT pg_notify(:channel, :job)")
        values = {"channel": CANCEL_CHANNEL, "job": str(job_id)}
        await self._hint(lambda connection: connection.execute(notify, values))

    async def cancel_signalled(self, job_id: UUID, seconds: float) -> bool:
        """See `application.ports.job_queue.JobQueue`."""
        return await self._signals.signalled(job_id, seconds)

    async def work(self, run: RunJob, at_once: Mapping[Lane, int]) -> None:
        """See `application.ports.job_queue.JobQueue`."""
        lanes = slots_of(run, at_once, self._look)
        delivery = Delivery(self._url, lanes, self._signals)
        delivering = asyncio.create_task(delivery.run())
        self._workers.update(lanes.values())
        try:
            await work_in(lanes)
        finally:
            self._workers.difference_update(lanes.values())
            delivering.cancel()
            await ended(delivering, "the delivery of jobs", CLOSING)

    async def stop(self) -> None:
        """See `application.ports.job_queue.JobQueue`."""
        for worker in self._workers:
            worker.stop()

    async def ready(self) -> str:
        """See `application.ports.job_queue.JobQueue`."""

        async def work(connection: AsyncConnection) -> str:
            row = (await connection.execute(_STATE, {"application": APPLICATION})).one()
            return f"{row.workers} workers, {row.announced} announced jobs"

        return await self._database.transact(work)

    async def _hint(self, work: Callable[[AsyncConnection], Awaitable[object]]) -> None:
        """Tell workers something that they also find in the records, only later."""
        try:
            await self._database.transact(work)
        except BachataError as error:
            _log.warning("workers were not told of a job: %s", error)


async def open_pgqueuer(database: Transactions, url: str, look: float = LOOK) -> PgQueuerJobQueue:
    """Return the queue; raises `NotReady` if the tables of PgQueuer are missing."""

    async def work(connection: AsyncConnection) -> bool:
        if connection.dialect.name != "postgresql":
            raise NotReady("BACHATA_JOBS=pgqueuer needs Postgres: set BACHATA_DATABASE_URL.")
        return bool((await connection.execute(_INSTALLED, {"table": QUEUE})).scalar_one())

    if not await database.transact(work):
        raise NotReady(
            f"The {database.name} lacks the tables of PgQueuer: run `bachata-buddy db upgrade` "
            "with BACHATA_JOBS=pgqueuer."
        )
    return PgQueuerJobQueue(database, url, look)


async def _put(connection: AsyncConnection, job_id: UUID, priority: Priority) -> None:
    """Announce a job, unless it is announced already and no worker has taken it."""
    await queries_on(TransactionDriver(connection)).enqueue(
        ENTRYPOINTS[priority.lane],
        str(job_id).encode(),
        # PgQueuer gives out the largest number first.
        -priority,
        dedupe_key=str(job_id),
        on_conflict="skip",
    )
