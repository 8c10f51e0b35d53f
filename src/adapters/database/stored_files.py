"""Count stored files in rows."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    DateTime,
    Index,
    Row,
    Select,
    case,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from adapters.database.engine import Database
from adapters.database.moments import Now, utc
from adapters.database.tables import Id, Table
from application.ports.stored_files import CountedFile
from domain.storage.quota import Quota, Usage

_LOCK: Final = text("SELECT pg_advisory_xact_lock(7234118)")
"""Lets one reservation at a time count and insert; the number is that of this table alone."""


class StoredFileRow(Table):
    """One stored file, or the place that is reserved for one."""

    __tablename__ = "stored_file"
    # Sums per owner are read from the index alone.
    __table_args__ = (Index(None, "owner", "settled", "size"),)

    path: Mapped[str] = mapped_column(Id, primary_key=True)
    owner: Mapped[str | None] = mapped_column(Id)
    size: Mapped[int] = mapped_column(BigInteger())
    settled: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """UTC, by the database's clock."""


class SqlStoredFiles:
    """Each call is one short transaction; reservations take turns, so that none counts too little.

    On SQLite every change takes its turn. Counts need not survive a power failure: the storage is
    counted again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(
        self, path: str, owner: str | None, size: int, quota: Quota, *, grow: bool = True
    ) -> None:
        """See `application.ports.stored_files.StoredFiles`."""
        entry = select(StoredFileRow.size, StoredFileRow.settled).where(StoredFileRow.path == path)

        async def work(connection: AsyncConnection) -> None:
            if connection.dialect.name == "postgresql":
                await connection.execute(_LOCK)
            row = (await connection.execute(entry)).one_or_none()
            if row is not None and (row.settled or not grow or size <= row.size):
                return
            own = None if owner is None else await _usage(connection, owner)
            total = await _usage(connection, None) if quota.total_megabytes else None
            more = size - (row.size if row else 0)
            quota.refuse(more, own, total, files=0 if row else 1)
            await _put(connection, path, owner, size, settled=False)

        await self._database.transact(work, durable=False)

    async def settle(self, path: str, owner: str | None, size: int) -> None:
        """See `application.ports.stored_files.StoredFiles`."""

        async def work(connection: AsyncConnection) -> None:
            if connection.dialect.name == "postgresql":
                await connection.execute(_LOCK)
            await _put(connection, path, owner, size, settled=True)

        await self._database.transact(work, durable=False)

    async def release(self, path: str, *, reserved: bool = False) -> None:
        """See `application.ports.stored_files.StoredFiles`."""
        entry = delete(StoredFileRow).where(StoredFileRow.path == path)
        if reserved:
            entry = entry.where(StoredFileRow.settled.is_(False))
        await self._database.write(entry, durable=False)

    async def usage(self, owner: str | None) -> Usage:
        """See `application.ports.stored_files.StoredFiles`."""

        [row] = await self._database.read(_sums(owner))
        return _usage_of(row)

    async def page(self, after: str | None, most: int) -> tuple[CountedFile, ...]:
        """See `application.ports.stored_files.StoredFiles`."""
        columns = StoredFileRow.__table__.columns
        query = select(*columns, Now().label("now")).order_by(StoredFileRow.path).limit(most)
        if after is not None:
            query = query.where(StoredFileRow.path > after)
        return tuple(
            CountedFile(
                path=row.path,
                owner=row.owner,
                size=row.size,
                settled=row.settled,
                age=utc(row.now) - utc(row.changed_at),
            )
            for row in await self._database.read(query)
        )


async def _usage(connection: AsyncConnection, owner: str | None) -> Usage:
    return _usage_of((await connection.execute(_sums(owner))).one())


def _sums(owner: str | None) -> Select[tuple[int, int, int]]:
    reserved = case((StoredFileRow.settled.is_(False), StoredFileRow.size), else_=0)
    query = select(func.count(), func.sum(StoredFileRow.size), func.sum(reserved))
    return query if owner is None else query.where(StoredFileRow.owner == owner)


def _usage_of(row: Row[Any]) -> Usage:
    files, size, reserved = row
    return Usage(size=int(size or 0), files=files, reserved=int(reserved or 0))


async def _put(
    connection: AsyncConnection, path: str, owner: str | None, size: int, *, settled: bool
) -> None:
    values = {"owner": owner, "size": size, "settled": settled, "changed_at": Now()}
    entry = update(StoredFileRow).where(StoredFileRow.path == path).values(**values)
    if not (await connection.execute(entry)).rowcount:
        await connection.execute(insert(StoredFileRow).values(path=path, **values))
