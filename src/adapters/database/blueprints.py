"""Store Blueprints as JSON text."""

import re
from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert, or_, select
from sqlalchemy.exc import IntegrityError

from adapters.database.engine import Database
from adapters.database.library_rows import storable
from adapters.database.tables import BlueprintRow
from domain.blueprint import rules, upgrades
from domain.blueprint.model import Blueprint
from domain.shared.errors import BlueprintNotFound, TaskTaken

_PAGE: Final = 100
_AT_ONCE: Final = 500
"""Number of ids in one statement."""
_FEW: Final = 20
"""Number of paths up to which the database looks for their names in the documents."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]+")
"""Matches names that JSON never escapes, so that every document has them as they are."""


class SqlBlueprintArchive:
    """Stores the text unchanged; an older version is upgraded when it is read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, blueprint: Blueprint) -> None:
        """See `application.ports.blueprints.BlueprintArchive`."""
        document = rules.serialised(blueprint).decode()
        row = insert(BlueprintRow).values(
            task_id=blueprint.task_id,
            document=document,
            output_path=_found_by(blueprint.output_config.output_path),
        )
        try:
            # The later write of the task's end flushes it to disk.
            await self._database.write(row, durable=False)
        except IntegrityError:
            raise TaskTaken from None

    async def find(self, task_id: UUID) -> Blueprint | None:
        """See `application.ports.blueprints.BlueprintArchive`."""
        query = select(BlueprintRow.document).where(BlueprintRow.task_id == task_id)
        rows = await self._database.read(query)
        if not rows:
            return None
        return _read(rows[0].document)

    async def get(self, task_id: UUID) -> Blueprint:
        """See `application.ports.blueprints.BlueprintArchive`."""
        if (found := await self.find(task_id)) is None:
            raise BlueprintNotFound
        return found

    async def remove(self, task_id: UUID) -> None:
        """See `application.ports.blueprints.BlueprintArchive`."""
        await self._database.write(delete(BlueprintRow).where(BlueprintRow.task_id == task_id))

    async def tasks_of(self, output_path: str) -> tuple[UUID, ...]:
        """See `application.ports.blueprints.BlueprintArchive`."""
        if not storable(output_path):
            return ()
        query = select(BlueprintRow.task_id).where(BlueprintRow.output_path == output_path)
        return tuple(sorted(row.task_id for row in await self._database.read(query)))

    async def kept(self, task_ids: Collection[UUID]) -> frozenset[UUID]:
        """See `application.ports.blueprints.BlueprintArchive`."""
        ids, kept = tuple(task_ids), set[UUID]()
        for start in range(0, len(ids), _AT_ONCE):
            some = BlueprintRow.task_id.in_(ids[start : start + _AT_ONCE])
            rows = await self._database.read(select(BlueprintRow.task_id).where(some))
            kept.update(row.task_id for row in rows)
        return frozenset(kept)

    async def users_of(self, paths: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        """See `application.ports.blueprints.BlueprintArchive`."""
        if not paths:
            return {}
        users: dict[str, list[UUID]] = {}
        query = select(BlueprintRow.task_id, BlueprintRow.document).order_by(BlueprintRow.task_id)
        names = {each.rpartition("/")[2] for each in paths}
        if len(paths) <= _FEW and all(map(_PLAIN.fullmatch, names)):
            query = query.where(
                or_(*(BlueprintRow.document.contains(each, autoescape=True) for each in names))
            )
        page = query.limit(_PAGE)
        while rows := await self._database.read(page):
            for row in rows:
                for path in set(_read(row.document).media).intersection(paths):
                    users.setdefault(path, []).append(row.task_id)
            page = query.where(BlueprintRow.task_id > rows[-1].task_id).limit(_PAGE)
        return {path: tuple(task_ids) for path, task_ids in users.items()}


def _read(document: str) -> Blueprint:
    return msgspec.convert(upgrades.upgraded(msgspec.json.decode(document)), Blueprint)


def _found_by(path: str) -> str | None:
    """Return a path for the column; None if no column, and so no film, can have it."""
    return path if storable(path) else None
