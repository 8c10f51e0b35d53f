"""The owners of library files, decided within the transaction that changes them."""

from typing import Any, cast

from sqlalchemy import ColumnElement, Row, exists, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.tables import MoveRow, SongRow, UnownedFileRow
from application.ports.library_files import Kind, Removed
from domain.shared.errors import StorageFailed


async def claim(connection: AsyncConnection, path: str) -> None:
    """Prevent `give_up` for ``path`` until the transaction ends; raises `StorageFailed` if it came
    first.
    """
    await _lock(connection, path)
    if await _holds(connection, UnownedFileRow.path == path):
        raise StorageFailed(
            f"The file {path!r} was removed while it was being added; add it again."
        )


async def release(connection: AsyncConnection, kind: Kind, item_id: str, path: str) -> None:
    """Record that the file of a deleted row must be deleted, unless another row uses it."""
    await _lock(connection, path)
    if not await _is_owned(connection, path):
        await _disown(connection, path, kind, item_id)


async def give_up(connection: AsyncConnection, path: str) -> bool:
    """See `application.ports.library_files.LibraryFiles`."""
    await _lock(connection, path)
    if await _is_owned(connection, path):
        return False
    await _disown(connection, path, None, None)
    return True


def removed(row: Row[Any]) -> Removed:
    """Return the removed file of a row."""
    return Removed(kind=Kind(row.kind), item_id=row.item_id, path=row.path)


async def _lock(connection: AsyncConnection, path: str) -> None:
    """Lock a path on Postgres; SQLite has only one writer at a time, and needs no lock."""
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(path, 0)
        await connection.execute(select(func.pg_advisory_xact_lock(key)))


async def _is_owned(connection: AsyncConnection, path: str) -> bool:
    return await _holds(connection, SongRow.audio_path == path, MoveRow.video_path == path)


async def _holds(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> bool:
    asked = or_(*(exists().where(each) for each in conditions))
    return bool((await connection.execute(select(asked))).scalar())


async def _disown(
    connection: AsyncConnection, path: str, kind: Kind | None, item_id: str | None
) -> None:
    if not await _holds(connection, UnownedFileRow.path == path):
        row = {"path": path, "kind": cast(str | None, kind), "item_id": item_id}
        await connection.execute(insert(UnownedFileRow).values(**row))
