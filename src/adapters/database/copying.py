"""Copy all rows of one database into another, such as from SQLite to Postgres."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, exists, insert, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.moments import utc
from adapters.database.schema import Schema
from adapters.database.tables import Table
from domain.shared.errors import Conflict, DatabaseAhead, DatabaseBehind

_PART: Final = 500
"""Rows that are in memory at once."""
_BY_TRIGGERS: Final = "move_embedding_version"
"""The table with one row that the database itself keeps, as other tables change."""
_OTHERS: Final = ("alembic_version", "pgqueuer")
"""Beginnings of the names of tables that are made anew: revisions, and announcements of jobs."""


async def copy_rows(source: Schema, target: Schema) -> dict[str, int]:
    """Copy every row, in one transaction of the target; return the number of rows by table.

    Nobody may write to the source meanwhile. Raises `Conflict` if the target has a row,
    `DatabaseBehind` and `DatabaseAhead` if one of them is not at the newest revision, `NotReady`.
    """
    for schema in (source, target):
        await _require_newest(schema)

    async def work(into: AsyncConnection) -> dict[str, int]:
        await _require_empty(into, target.database.name)

        async def read(connection: AsyncConnection) -> dict[str, int]:
            await connection.run_sync(_require_known)
            return {each.name: await _copy(each, connection, into) for each in tables()}

        return await source.database.transact(read, patient=True)

    return await target.database.transact(work, patient=True)


def tables() -> list[Any]:
    """Return the tables to copy, each after those that it refers to."""
    return [each for each in Table.metadata.sorted_tables if each.name != _BY_TRIGGERS]


async def _copy(table: Any, connection: AsyncConnection, into: AsyncConnection) -> int:  # noqa: ANN401
    count = 0
    async with connection.stream(select(table)) as found:
        async for rows in found.mappings().partitions(_PART):
            await into.execute(insert(table), _in_utc(rows))
            count += len(rows)
    return count


def _in_utc(rows: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """Return rows whose times have a zone, which SQLite does not store."""
    return [
        {name: utc(value) if isinstance(value, datetime) else value for name, value in row.items()}
        for row in rows
    ]


async def _require_newest(schema: Schema) -> None:
    standing, name = await schema.standing(), schema.database.name
    if not standing.known:
        raise DatabaseAhead(f"The {name} is at a revision that this program does not know.")
    if standing.missing:
        raise DatabaseBehind(f"The {name} needs an upgrade: run `bachata-buddy db upgrade` for it.")


async def _require_empty(connection: AsyncConnection, name: str) -> None:
    for table in tables():
        if (await connection.execute(select(exists().select_from(table)))).scalar_one():
            raise Conflict(
                f"The {name} has rows already, in the table {table.name!r}. Copy into a database "
                "that `bachata-buddy db upgrade` has just made."
            )


def _require_known(connection: Connection) -> None:
    """Refuse to leave a table behind."""
    found = inspect(connection).get_table_names()
    unknown = set(found) - set(Table.metadata.tables)
    left = sorted(name for name in unknown if not name.startswith(_OTHERS))
    if left:
        raise DatabaseAhead(f"The program does not know the tables {', '.join(left)}.")
