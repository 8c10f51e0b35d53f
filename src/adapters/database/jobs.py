"""Store jobs as rows of JSON."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from adapters.database import job_rows
from adapters.database.deliveries import Outbox
from adapters.database.engine import Database
from adapters.database.idempotency_keys import KEPT, earlier_job, record_key
from adapters.database.job_rows import UNFINISHED
from adapters.database.moments import Ago, Now
from adapters.database.tables import IdempotencyKeyRow, JobRow
from adapters.database.tasks import insert_task
from application.ports.jobs import Change, Child, JobFilter, Submission
from application.ports.pagination import Page
from domain.jobs import fan_out
from domain.jobs.errors import JobNotFound
from domain.jobs.job import ENDED, Job, JobState, Lane, Priority
from domain.shared.errors import TaskTaken

Enqueue = Callable[[AsyncConnection, Job], Awaitable[None]]
"""Delivers a new job to workers when the given transaction commits."""


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
            await job_rows.lock_submissions(connection)
            if submission.key is not None:
                earlier = await earlier_job(connection, job.owner, submission.key)
                if earlier is not None:
                    return (await job_rows.read(connection, earlier))[0]
                await record_key(connection, job, submission.key)
            if submission.same is not None:
                same = await job_rows.same_work(connection, submission.same)
                if same is not None:
                    return same
            if submission.refusal is not None:
                raise submission.refusal
            await job_rows.admit(connection, submission)
            if submission.task is not None:
                await connection.execute(insert_task(submission.task))
            name = submission.same and submission.same.name
            row = job_rows.new_row(job, submission.payload, name)
            await connection.execute(insert(JobRow).values(**row))
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
        return job_rows.job_of((await self._one(query)).document)

    async def page(self, filters: JobFilter, after: str | None, most: int) -> Page[Job]:
        """See `application.ports.jobs.JobRepository`."""
        rows = await self._database.read(job_rows.newest(filters, after, most + 1))
        last = job_rows.key_of(rows[most - 1]) if len(rows) > most else None
        return Page(items=tuple(job_rows.job_of(row.document) for row in rows[:most]), last=last)

    async def payload(self, job_id: UUID) -> str:
        """See `application.ports.jobs.JobRepository`."""
        return (await self._one(select(JobRow.payload).where(JobRow.job_id == job_id))).payload

    async def claim(self, job_id: UUID | None = None, lane: Lane | None = None) -> Job | None:
        """See `application.ports.jobs.JobRepository`."""
        query = select(JobRow.document, JobRow.version).where(JobRow.state == JobState.QUEUED.value)
        if job_id is not None:
            query = query.where(JobRow.job_id == job_id)
        if lane is not None:
            # Films of a lane without a free place go first, too.
            before = [each for each in Priority if each.lane in (lane, Lane.FILMS)]
            query = query.where(JobRow.priority.in_(before))
        query = query.order_by(JobRow.priority, JobRow.created_at, JobRow.job_id).limit(1)
        # Reading first spares an idle worker the lock of the writer.
        while rows := await self._database.read(query):
            started = job_rows.job_of(rows[0].document).started()
            if lane not in (None, started.priority.lane):
                return None
            written = job_rows.change(started, rows[0].version).values(renewed_at=Now())
            # Another worker has claimed the job whenever this one fails, so the loop ends.
            if await self._database.write(written, durable=False):
                return started
        return None

    async def divide(self, job_id: UUID, attempt: int, children: Sequence[Child]) -> Job:
        """See `application.ports.jobs.JobRepository`."""

        async def work(connection: AsyncConnection) -> Job:
            before, version = await job_rows.read(connection, job_id, lock=True)
            after, join = fan_out.divided(before.of_attempt(attempt), len(children))
            await connection.execute(job_rows.change(after, version))
            if after.state is JobState.DIVIDED:
                await job_rows.add_children(connection, children)
                await job_rows.add_join(connection, join)
            return after

        # A large library has thousands of children.
        return await self._database.transact(work, patient=True)

    async def children(self, job_id: UUID) -> tuple[Job, ...]:
        """See `application.ports.jobs.JobRepository`."""
        return await self._those(JobRow.parent_id == job_id)

    async def update(self, job_id: UUID, attempt: int, change: Change) -> Job:
        """See `application.ports.jobs.JobRepository`."""
        return await self._update(job_id, lambda job: change(job.of_attempt(attempt)))

    async def renew(self, job_id: UUID, attempt: int) -> Job:
        """See `application.ports.jobs.JobRepository`."""

        async def work(connection: AsyncConnection) -> Job | None:
            job, version = await job_rows.read(connection, job_id)
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
        after = await self._update(job_id, Job.asked_to_stop)
        if after.state is not JobState.DIVIDED:
            return after

        async def work(connection: AsyncConnection) -> Job:
            parent, version = await job_rows.read(connection, job_id, lock=True)
            if parent.state is not JobState.DIVIDED:
                return parent
            parent = await job_rows.stop_children(connection, parent)
            await connection.execute(job_rows.change(parent, version))
            return parent

        return await self._database.transact(work, patient=True)

    async def attend(self, job_ids: Iterable[UUID]) -> None:
        """See `application.ports.jobs.JobRepository`."""
        waited_for = (JobRow.job_id.in_(tuple(job_ids)), JobRow.state.in_(UNFINISHED))
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
            JobRow.state.in_(UNFINISHED),
            JobRow.wanted.is_(False),
            JobRow.attended_at < Ago(silent),
        )

    async def purge(self, older: timedelta) -> int:
        """See `application.ports.jobs.JobRepository`."""
        parent = aliased(JobRow)
        unfinished = select(parent.job_id).where(parent.state.in_(UNFINISHED))
        keys = delete(IdempotencyKeyRow).where(IdempotencyKeyRow.created_at < Ago(KEPT))
        jobs = delete(JobRow).where(
            JobRow.state.not_in(UNFINISHED),
            JobRow.changed_at < Ago(older),
            or_(JobRow.parent_id.is_(None), JobRow.parent_id.not_in(unfinished)),
        )

        async def work(connection: AsyncConnection) -> int:
            await connection.execute(keys)
            return (await connection.execute(jobs)).rowcount

        return await self._database.transact(work)

    async def counts(self) -> Mapping[tuple[Lane, JobState], int]:
        """See `application.ports.jobs.JobRepository`."""
        states = [JobState.QUEUED.value, JobState.RUNNING.value]
        query = (
            select(JobRow.state, JobRow.priority, func.count().label("jobs"))
            .where(JobRow.state.in_(states))
            .group_by(JobRow.state, JobRow.priority)
        )
        counts: Counter[tuple[Lane, JobState]] = Counter()
        for row in await self._database.read(query):
            counts[Priority(row.priority).lane, JobState(row.state)] += row.jobs
        return counts

    async def ready(self) -> str:
        """See `application.ports.jobs.JobRepository`."""
        await self._database.read(select(JobRow.job_id).limit(1))
        return self._database.name

    async def _update(self, job_id: UUID, change: Callable[[Job], Job]) -> Job:
        async def work(connection: AsyncConnection) -> Job | None:
            before, version = await job_rows.read(connection, job_id)
            after = change(before)
            if after == before:
                return before
            if after.state in ENDED:
                written = await job_rows.end(connection, after, version)
            else:
                change_of = job_rows.change(after, version)
                written = bool((await connection.execute(change_of)).rowcount)
            if not written:
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
        return tuple(job_rows.job_of(row.document) for row in await self._database.read(query))

    async def _one(self, query: Select[Any]) -> Row[Any]:
        rows = await self._database.read(query)
        if not rows:
            raise JobNotFound
        return rows[0]
