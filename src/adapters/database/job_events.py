"""Events of jobs in Postgres, which passes them on between processes."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import and_, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.listener import Listener
from adapters.database.moments import Ago, Now
from adapters.database.tables import JobEventRow
from application.concurrency.retries import pause
from application.concurrency.timeouts import ended, limited
from application.jobs.subscriptions import BUFFER, Subscriptions
from application.ports.job_events import JobEvent, Subscription
from domain.shared.errors import BachataError, WaitedTooLong

_log = logging.getLogger("bachata.events")

CHANNEL: Final = "bachata_job_event"
MOST_UNSENT: Final = 10_000
"""Maximum number of events that wait for the database; then the oldest reports are dropped."""
_AT_ONCE: Final = 100
"""Maximum number of events in a transaction, and of jobs in a query."""
LOOKED: Final = 5.0
"""Seconds between two reads of events of which no notification came."""
_CLOSING: Final = 2.0
"""Maximum seconds to store the latest events when the process ends."""
_NOTIFY: Final = text("SELECT pg_notify(:channel, each) FROM unnest(CAST(:texts AS text[])) each")


class PostgresJobEvents:
    """Stores events as rows and notifies all processes; each reads the rows of its subscribers.

    A row is read by its id, so a lost notification delays events and loses none. ``publish`` does
    not wait for the database: events are stored in batches, in their order.
    """

    def __init__(self, database: Database, buffer: int = BUFFER, looked: float = LOOKED) -> None:
        """Take the size of a subscriber's buffer, and the seconds between two reads without a
        notification.
        """
        self._database = database
        self._subscriptions = Subscriptions(buffer)
        self._looked = looked
        self._unsent: deque[JobEvent] = deque()
        self._has_unsent = asyncio.Event()
        self._all_sent = asyncio.Event()
        self._all_sent.set()
        self._changed: set[UUID] = set()
        self._has_changed = asyncio.Event()

    async def publish(self, event: JobEvent) -> None:
        """See `application.ports.job_events.JobEvents`."""
        if len(self._unsent) >= MOST_UNSENT:
            self._drop_one()
        self._unsent.append(event)
        self._all_sent.clear()
        self._has_unsent.set()

    @asynccontextmanager
    async def subscribe(self, job_id: UUID, after: int = 0) -> AsyncGenerator[Subscription]:
        """See `application.ports.job_events.JobEvents`."""
        past = await self._read({job_id: -1})
        subscription = self._subscriptions.open(job_id, after, past)
        try:
            # What was stored since the rows were read.
            self._note(job_id)
            yield subscription
        finally:
            self._subscriptions.close(job_id, subscription)

    async def purge(self, older: timedelta) -> int:
        """See `application.ports.job_events.JobEvents`."""
        return await self._database.write(
            delete(JobEventRow).where(JobEventRow.told_at < Ago(older)), durable=False
        )

    def heard(self, job: str | None) -> None:
        """Note the job that a notification names; None is any job."""
        if job is None:
            self._note_all()
            return
        try:
            job_id = UUID(job)
        except ValueError:
            _log.warning("a notification names no job")
            return
        if job_id in self._subscriptions.reached():
            self._note(job_id)

    async def send(self) -> None:
        """Store published events until cancelled."""
        failures = 0
        while True:
            # It waits for the service itself.
            await self._has_unsent.wait()
            batch = [self._unsent.popleft() for _ in range(min(_AT_ONCE, len(self._unsent)))]
            try:
                if batch:
                    await self._store(batch)
                failures = 0
            except Exception as error:
                failures += 1
                self._unsent.extendleft(reversed(batch))
                _report("events of jobs are not stored", error)
                await asyncio.sleep(pause(failures))
            if not self._unsent:
                self._has_unsent.clear()
                self._all_sent.set()

    async def receive(self) -> None:
        """Give new rows to their subscribers until cancelled."""
        failures = 0
        while True:
            try:
                async with limited("a notification", self._looked):
                    await self._has_changed.wait()
            except WaitedTooLong:
                self._note_all()
            try:
                await self._pass_on()
                failures = 0
            except Exception as error:
                failures += 1
                self._note_all()
                _report("events of jobs are not read", error)
                await asyncio.sleep(pause(failures))

    async def flush(self, seconds: float) -> None:
        """Wait until published events are stored; raises `WaitedTooLong`."""
        async with limited("events of jobs to be stored", seconds):
            await self._all_sent.wait()

    async def _store(self, batch: Sequence[JobEvent]) -> None:
        rows = [
            {
                "job_id": event.job_id,
                "id": event.id,
                "told_at": Now(),
                "document": msgspec.json.encode(event).decode(),
            }
            for event in batch
        ]
        jobs = {str(event.job_id) for event in batch}

        async def work(connection: AsyncConnection) -> None:
            # A batch whose commit was answered by an error may have been stored.
            await connection.execute(insert(JobEventRow).values(rows).on_conflict_do_nothing())
            await connection.execute(_NOTIFY, {"channel": CHANNEL, "texts": sorted(jobs)})

        await self._database.transact(work, durable=False)

    async def _pass_on(self) -> None:
        changed = [self._changed.pop() for _ in range(min(_AT_ONCE, len(self._changed)))]
        if not self._changed:
            self._has_changed.clear()
        reached = self._subscriptions.reached()
        asked = {job_id: reached[job_id] for job_id in changed if job_id in reached}
        if asked:
            for event in await self._read(asked):
                self._subscriptions.give(event)

    async def _read(self, after: dict[UUID, int]) -> Sequence[JobEvent]:
        """Return the events of jobs whose ids are greater than the given ones, in order."""
        row = JobEventRow
        each = [and_(row.job_id == job_id, row.id > number) for job_id, number in after.items()]
        query = select(row.document).where(or_(*each)).order_by(row.job_id, row.id)
        found: Sequence[Any] = await self._database.read(query)
        return [msgspec.json.decode(row.document, type=JobEvent) for row in found]

    def _note(self, job_id: UUID) -> None:
        self._changed.add(job_id)
        self._has_changed.set()

    def _note_all(self) -> None:
        self._changed.update(self._subscriptions.reached())
        if self._changed:
            self._has_changed.set()

    def _drop_one(self) -> None:
        """Drop the oldest unsent event, one that ends a job only if there is no other."""
        at = next((n for n, event in enumerate(self._unsent) if not event.last), 0)
        del self._unsent[at]


@asynccontextmanager
async def open_job_events(
    database: Database, url: str, buffer: int = BUFFER, looked: float = LOOKED
) -> AsyncGenerator[PostgresJobEvents]:
    """Pass on events by an open database and one more connection to its ``url``."""
    events = PostgresJobEvents(database, buffer, looked)
    listener = Listener(url, CHANNEL, events.heard)
    working = [
        asyncio.create_task(work) for work in (listener.run(), events.receive(), events.send())
    ]
    try:
        yield events
    finally:
        try:
            await events.flush(_CLOSING)
        except WaitedTooLong:
            _log.warning("the latest events of jobs are lost")
        finally:
            for task in working:
                task.cancel()
            together = asyncio.gather(*working, return_exceptions=True)
            await ended(together, "events of jobs", _CLOSING)


def _report(message: str, error: Exception) -> None:
    if isinstance(error, BachataError):
        _log.warning(message, extra={"error": str(error), "details": error.details})
    else:
        _log.error(message, exc_info=error)
