"""Store jobs as rows of JSON."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Update,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.deliveries import Outbox
from adapters.database.engine import Database
from adapters.database.idempotency_keys import KEPT, earlier_job, record_key
from adapters.database.moments import Ago, Now
from adapters.database.tables import IdempotencyKeyRow, JobRow
from adapters.database.tasks import insert_task
from application.ports.jobs import Change, Submission
from domain.jobs.errors import JobNotFound
from domain.jobs.job import ENDED, Job, JobState
from domain.shared.errors import TaskTaken

Enqueue = Callable[[AsyncConnection, Job], Awaitable[None]]
"""Delivers a new job to workers when the given transaction commits."""

_UNFINISHED: Final = tuple(state.value for state in JobState if state not in ENDED)


class SqlJobRepository:
    """Each call is one short transaction; changes are compare-and-set on ``version``."""

    def __init__(
        self,
        database: Database,
        enqueue: Enqueue | None = None,
        outbox: Outbox | None = None,
    ) -> None:
        """Take the database, the delivery of new jobs if it needs the transaction, and the
        function that records who is told of the end of a job.
        """
        self._database = database
        self._enqueue = enqueue
        self._outbox = outbox

    async def submit(self, submission: Submission) -> Job:
        """See `application.ports.jobs.JobRepository`."""
        job = submission.job

        async def work(connection: AsyncConnection) -> Job:
            await _lock(connection)
            if submission.key is not None:
                earlier = await earlier_job(connection, job.owner, submission.key)
                if earlier is not None:
                    return (await _read(connection, earlier))[0]
                await record_key(connection, job, submission.key)
            await _admit(connection, submission)
            if submission.task is not None:
                await connection.execute(insert_task(submission.task))
            await connection.execute(insert(JobRow).values(**_new(job, submission.payload)))
            if self._enqueue is not None:
                await self._enqueue(connection, job)
            return job

        try:
            # A client that waits for its film repeats a request that a power failure has lost.
            return await self._database.transact(work, durable=job.wanted)
        except IntegrityError:
            raise TaskTaken from None

    async def get(self, job_id: UUID) -> Job:
        """See `application.ports.jobs.JobRepository`."""
        query = select(JobRow.document).where(JobRow.job_id == job_id)
        return _job((await self._one(query)).document)

    async def payload(self, job_id: UUID) -> str:
        """See `application.ports.jobs.JobRepository`."""
        return (await self._one(select(JobRow.payload).where(JobRow.job_id == job_id))).payload

    async def claim(self, job_id: UUID | None = None) -> Job | None:
        """See `application.ports.jobs.JobRepository`."""
        query = select(JobRow.document, JobRow.version).where(JobRow.state == JobState.QUEUED.value)
        if job_id is not None:
            query = query.where(JobRow.job_id == job_id)
        query = query.order_by(JobRow.priority, JobRow.created_at, JobRow.job_id).limit(1)
        # Reading first spares an idle worker the lock of the writer.
        while rows := await self._database.read(query):
            started = _job(rows[0].document).started()
            written = _change(started, rows[0].version).values(renewed_at=Now())
            # Another worker has claimed the job whenever this one fails, so the loop ends.
            if await self._database.write(written, durable=False):
                return started
        return None

    async def update(self, job_id: UUID, attempt: int, change: Change) -> Job:
        """See `application.ports.jobs.JobRepository`."""
        return await self._update(job_id, lambda job: change(job.of_attempt(attempt)))

    async def renew(self, job_id: UUID, attempt: int) -> Job:
        """See `application.ports.jobs.JobRepository`."""

        async def work(connection: AsyncConnection) -> Job | None:
            job, version = await _read(connection, job_id)
            same = (JobRow.job_id == job_id, JobRow.version == version)
            written = update(JobRow).where(*same).values(renewed_at=Now())
            still = (await connection.execute(written)).rowcount
            return job.of_attempt(attempt) if still else None

        # Another writer succeeded whenever this one fails, so the loop ends.
        while True:
            if (job := await self._database.transact(work, durable=False)) is not None:
                return job

    async def request_cancel(self, job_id: UUID) -> Job:
        """See `application.ports.jobs.JobRepository`."""
        return await self._update(job_id, Job.asked_to_stop)

    async def attend(self, job_ids: Iterable[UUID]) -> None:
        """See `application.ports.jobs.JobRepository`."""
        waited_for = (JobRow.job_id.in_(tuple(job_ids)), JobRow.state.in_(_UNFINISHED))
        written = update(JobRow).where(*waited_for).values(attended_at=Now())
        await self._database.write(written, durable=False)

    async def lost(self, silent: timedelta) -> tuple[Job, ...]:
        """See `application.ports.jobs.JobRepository`."""
        return await self._those(
            JobRow.state == JobState.RUNNING.value, JobRow.renewed_at < Ago(silent)
        )

    async def unattended(self, silent: timedelta) -> tuple[Job, ...]:
        """See `application.ports.jobs.JobRepository`."""
        return await self._those(
            JobRow.state.in_(_UNFINISHED),
            JobRow.wanted.is_(False),
            JobRow.attended_at < Ago(silent),
        )

    async def purge(self, older: timedelta) -> int:
        """See `application.ports.jobs.JobRepository`."""
        keys = delete(IdempotencyKeyRow).where(IdempotencyKeyRow.created_at < Ago(KEPT))
        jobs = delete(JobRow).where(
            JobRow.state.not_in(_UNFINISHED), JobRow.changed_at < Ago(older)
        )

        async def work(connection: AsyncConnection) -> int:
            await connection.execute(keys)
            return (await connection.execute(jobs)).rowcount

        return await self._database.transact(work)

    async def ready(self) -> str:
        """See `application.ports.jobs.JobRepository`."""
        await self._database.read(select(JobRow.job_id).limit(1))
        return self._database.name

    async def _update(self, job_id: UUID, change: Callable[[Job], Job]) -> Job:
        async def work(connection: AsyncConnection) -> Job | None:
            before, version = await _read(connection, job_id)
            after = change(before)
            if after == before:
                return before
            written = await connection.execute(_change(after, version))
            if not written.rowcount:
                return None
            if self._outbox is not None:
                await self._outbox(connection, after)
            return after

        # Another writer succeeded whenever this one fails, so the loop ends.
        while True:
            if (after := await self._database.transact(work)) is not None:
                return after

    async def _those(self, *conditions: ColumnElement[bool]) -> tuple[Job, ...]:
        query = select(JobRow.document).where(*conditions).order_by(JobRow.job_id)
        return tuple(_job(row.document) for row in await self._database.read(query))

    async def _one(self, query: Select[Any]) -> Row[Any]:
        rows = await self._database.read(query)
        if not rows:
            raise JobNotFound
        return rows[0]


async def _lock(connection: AsyncConnection) -> None:
    """Let submissions come one after another, so that they count one another."""
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended("submitting jobs", 0)
        await connection.execute(select(func.pg_advisory_xact_lock(key)))


async def _admit(connection: AsyncConnection, submission: Submission) -> None:
    mine = func.count().filter(JobRow.owner == submission.job.owner)
    queued = func.count().filter(JobRow.state == JobState.QUEUED.value)
    query = select(queued, func.count() - queued, mine).where(JobRow.state.in_(_UNFINISHED))
    submission.admission.check(*(await connection.execute(query)).one())


async def _read(connection: AsyncConnection, job_id: UUID) -> tuple[Job, int]:
    query = select(JobRow.document, JobRow.version).where(JobRow.job_id == job_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise JobNotFound
    return _job(row.document), row.version


def _change(job: Job, version: int) -> Update:
    same = (JobRow.job_id == job.job_id, JobRow.version == version)
    return (
        update(JobRow)
        .where(*same)
        .values(
            version=version + 1,
            state=job.state.value,
            changed_at=Now(),
            document=msgspec.json.encode(job).decode(),
        )
    )


def _new(job: Job, payload: str) -> dict[str, Any]:
    times = ("created_at", "renewed_at", "attended_at", "changed_at")
    return {
        "job_id": job.job_id,
        "version": 0,
        "state": job.state.value,
        "priority": int(job.priority),
        "owner": job.owner,
        "wanted": job.wanted,
        "document": msgspec.json.encode(job).decode(),
        "payload": payload,
        **{name: Now() for name in times},
    }


def _job(document: str) -> Job:
    return msgspec.json.decode(document, type=Job)
