"""Store assemblies as rows of JSON."""

from collections.abc import Collection
from datetime import UTC, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import (
    DateTime,
    Insert,
    Uuid,
    delete,
    false,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from adapters.database.engine import Database
from adapters.database.moments import Ago, Now
from adapters.database.tables import TaskRow
from application.ports.pagination import Page, place_of
from application.ports.tasks import Change, task_key
from domain.rendering.assembly import FINAL, Assembly, State
from domain.shared.errors import TaskNotFound, TaskTaken

_AT_ONCE: Final = 500
"""Number of ids in one statement."""


class SqlTaskRepository:
    """Each call is one short transaction; changes are compare-and-set on ``version``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, assembly: Assembly) -> None:
        """See `application.ports.tasks.TaskRepository`."""
        try:
            # The progress of unfinished work need not survive a power failure.
            await self._database.write(insert_task(assembly), durable=assembly.state in FINAL)
        except IntegrityError:
            raise TaskTaken from None

    async def get(self, task_id: UUID) -> Assembly:
        """See `application.ports.tasks.TaskRepository`."""
        return (await self._read(task_id))[0]

    async def find_many(self, task_ids: Collection[UUID]) -> tuple[Assembly, ...]:
        """See `application.ports.tasks.TaskRepository`."""
        ids, tasks = sorted(set(task_ids)), list[Assembly]()
        for start in range(0, len(ids), _AT_ONCE):
            some = TaskRow.task_id.in_(ids[start : start + _AT_ONCE])
            query = select(TaskRow.document).where(some).order_by(TaskRow.task_id)
            rows = await self._database.read(query)
            tasks += [msgspec.json.decode(row.document, type=Assembly) for row in rows]
        return tuple(tasks)

    async def update(self, task_id: UUID, change: Change) -> Assembly:
        """See `application.ports.tasks.TaskRepository`."""
        while True:
            before, version = await self._read(task_id)
            after = change(before)
            written = (
                update(TaskRow)
                .where(TaskRow.task_id == task_id, TaskRow.version == version)
                .values(version=version + 1, **_columns(after))
            )
            # Another writer succeeded whenever this one fails, so the loop ends.
            if await self._database.write(written, durable=after.state in FINAL):
                return after

    async def unfinished(self, silent: timedelta | None = None) -> tuple[UUID, ...]:
        """See `application.ports.tasks.TaskRepository`."""
        working = [state.value for state in State if state not in FINAL]
        query = select(TaskRow.task_id).where(TaskRow.state.in_(working))
        if silent is not None:
            query = query.where(TaskRow.updated_at < Ago(silent))
        return tuple(row.task_id for row in await self._database.read(query))

    async def of_state(self, state: State, after: UUID | None, most: int) -> tuple[Assembly, ...]:
        """See `application.ports.tasks.TaskRepository`."""
        query = select(TaskRow.document).where(TaskRow.state == state.value)
        if after is not None:
            query = query.where(TaskRow.task_id > after)
        rows = await self._database.read(query.order_by(TaskRow.task_id).limit(most))
        return tuple(msgspec.json.decode(row.document, type=Assembly) for row in rows)

    async def page(self, owner: str, after: str | None, most: int) -> Page[Assembly]:
        """See `application.ports.tasks.TaskRepository`."""
        query = select(TaskRow.document).where(TaskRow.owner == owner)
        if after is not None:
            created_at, task_id = place_of(after)
            key = tuple_(literal(created_at, DateTime(timezone=True)), literal(task_id, Uuid()))
            query = query.where(tuple_(TaskRow.created_at, TaskRow.task_id) < key)
        newest = (TaskRow.created_at.desc(), TaskRow.task_id.desc())
        rows = await self._database.read(query.order_by(*newest).limit(most + 1))
        tasks = [msgspec.json.decode(row.document, type=Assembly) for row in rows]
        last = task_key(tasks[most - 1]) if len(tasks) > most else None
        return Page(items=tuple(tasks[:most]), last=last)

    async def remove(self, task_id: UUID) -> None:
        """See `application.ports.tasks.TaskRepository`."""
        await self._database.write(delete(TaskRow).where(TaskRow.task_id == task_id))

    async def ready(self) -> str:
        """See `application.ports.tasks.TaskRepository`."""
        # It changes nothing, but needs the same resources as a change.
        await self._database.write(delete(TaskRow).where(false()))
        return self._database.name

    async def _read(self, task_id: UUID) -> tuple[Assembly, int]:
        query = select(TaskRow.document, TaskRow.version).where(TaskRow.task_id == task_id)
        rows = await self._database.read(query)
        if not rows:
            raise TaskNotFound
        return msgspec.json.decode(rows[0].document, type=Assembly), rows[0].version


def insert_task(assembly: Assembly) -> Insert:
    """Return the statement that adds a new assembly."""
    return insert(TaskRow).values(task_id=assembly.task_id, version=0, **_columns(assembly))


def _columns(assembly: Assembly) -> dict[str, Any]:
    return {
        "state": assembly.state.value,
        "owner": assembly.owner,
        "created_at": assembly.created_at.astimezone(UTC),
        "updated_at": Now(),
        "document": msgspec.json.encode(assembly).decode(),
    }
