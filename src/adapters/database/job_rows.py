"""Read and write the rows of jobs within a transaction."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Row,
    Select,
    Update,
    Uuid,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.moments import Now, utc
from adapters.database.tables import JobRow
from application.ports.jobs import Child, JobFilter, SameWork, Submission
from application.ports.pagination import place_of, time_key
from domain.jobs import fan_out
from domain.jobs.errors import JobNotFound
from domain.jobs.job import ENDED, Job, JobState, Lane, Priority

UNFINISHED: Final = tuple(state.value for state in JobState if state not in ENDED)
_AT_ONCE: Final = 500
"""Rows of one INSERT."""


async def lock_submissions(connection: AsyncConnection) -> None:
    """Let submissions come one after another, so that they count one another."""
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended("submitting jobs", 0)
        await connection.execute(select(func.pg_advisory_xact_lock(key)))


async def admit(connection: AsyncConnection, submission: Submission) -> None:
    """Raise `CallerBusy` or `ServiceFull` if the new job is not admitted."""
    mine = func.count().filter(JobRow.owner == submission.job.owner)
    queued = func.count().filter(JobRow.state == JobState.QUEUED.value)
    query = select(queued, func.count() - queued, mine).where(*_counted_with(submission.job))
    submission.admission.check(*(await connection.execute(query)).one())


def _counted_with(job: Job) -> tuple[ColumnElement[bool], ...]:
    unfinished = JobRow.state.in_(UNFINISHED)
    if job.priority.lane is Lane.FILMS:
        return unfinished, JobRow.priority == int(Priority.INTERACTIVE)
    return unfinished, JobRow.kind == job.kind.value, JobRow.parent_id.is_(None)


async def same_work(connection: AsyncConnection, work: SameWork) -> Job | None:
    """Return an earlier job that does the same work."""
    states = [state.value for state in work.states]
    query = select(JobRow.document).where(JobRow.name == work.name, JobRow.state.in_(states))
    document = (await connection.execute(query.limit(1))).scalar_one_or_none()
    return None if document is None else job_of(document)


async def read(connection: AsyncConnection, job_id: UUID, *, lock: bool = False) -> tuple[Job, int]:
    """Return a job and its version; raises `JobNotFound`.

    With ``lock`` no other transaction changes it before the end of this one. Whoever locks a parent
    does so before it changes a child, so that two transactions never wait for each other.
    """
    query = select(JobRow.document, JobRow.version).where(JobRow.job_id == job_id)
    row = (await connection.execute(_locking(query) if lock else query)).one_or_none()
    if row is None:
        raise JobNotFound
    return job_of(row.document), row.version


async def end(connection: AsyncConnection, job: Job, version: int) -> bool:
    """Write a job that has ended, and its parent; return False if it was changed meanwhile."""
    if job.parent is None:
        return bool((await connection.execute(change(job, version))).rowcount)
    parent, parent_version = await read(connection, job.parent, lock=True)
    if not (await connection.execute(change(job, version))).rowcount:
        return False
    after, join = fan_out.child_ended(parent, job)
    await connection.execute(change(after, parent_version))
    await add_join(connection, join)
    return True


async def stop_children(connection: AsyncConnection, parent: Job) -> Job:
    """Ask all children of a locked parent to stop, and return the parent after that."""
    of_parent = (JobRow.parent_id == parent.job_id, JobRow.state.in_(UNFINISHED))
    query = select(JobRow.document, JobRow.version).where(*of_parent).order_by(JobRow.job_id)
    for row in (await connection.execute(_locking(query))).all():
        child = job_of(row.document).asked_to_stop()
        await connection.execute(change(child, row.version))
        if child.state in ENDED:
            parent, _ = fan_out.child_ended(parent, child)
    return parent


async def add_children(connection: AsyncConnection, children: Sequence[Child]) -> None:
    """Record the children of a job."""
    rows = [new_row(each.job, each.payload) for each in children]
    for begin in range(0, len(rows), _AT_ONCE):
        await connection.execute(insert(JobRow).values(rows[begin : begin + _AT_ONCE]))


async def add_join(connection: AsyncConnection, join: Job | None) -> None:
    """Record a join, unless it is recorded already."""
    if join is None:
        return
    known = select(JobRow.job_id).where(JobRow.job_id == join.job_id)
    if (await connection.execute(known)).first() is None:
        await connection.execute(insert(JobRow).values(**new_row(join, "null")))


def newest(filters: JobFilter, after: str | None, most: int) -> Select[Any]:
    """Return the query for up to ``most`` jobs, the newest first, after a `key_of`."""
    query = select(JobRow.document, JobRow.created_at, JobRow.job_id)
    if filters.states:
        query = query.where(JobRow.state.in_([each.value for each in filters.states]))
    if filters.kinds:
        query = query.where(JobRow.kind.in_([each.value for each in filters.kinds]))
    if filters.owner is not None:
        query = query.where(JobRow.owner == filters.owner)
    if not filters.parts:
        query = query.where(JobRow.parent_id.is_(None))
    if after is not None:
        created_at, job_id = place_of(after)
        place = (literal(created_at, DateTime(timezone=True)), literal(job_id, Uuid()))
        query = query.where(tuple_(JobRow.created_at, JobRow.job_id) < tuple_(*place))
    return query.order_by(JobRow.created_at.desc(), JobRow.job_id.desc()).limit(most)


def key_of(row: Row[Any]) -> str:
    """Return the place of a row of `newest`."""
    return time_key(utc(row.created_at), row.job_id)


def change(job: Job, version: int) -> Update:
    """Return the statement that writes a job, unless its version has changed."""
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


def new_row(job: Job, payload: str, name: str | None = None) -> dict[str, Any]:
    """Return the columns of a new job."""
    times = ("created_at", "renewed_at", "attended_at", "changed_at")
    return {
        "job_id": job.job_id,
        "version": 0,
        "state": job.state.value,
        "kind": job.kind.value,
        "priority": int(job.priority),
        "owner": job.owner,
        "wanted": job.wanted,
        "parent_id": job.parent,
        "name": name,
        "document": msgspec.json.encode(job).decode(),
        "payload": payload,
        **{each: Now() for each in times},
    }


def job_of(document: str) -> Job:
    """Return the job that a row contains."""
    return msgspec.json.decode(document, type=Job)


def _locking(query: Select[Any]) -> Select[Any]:
    # SQLite ignores this: there, only one transaction writes at a time.
    return query.with_for_update()
