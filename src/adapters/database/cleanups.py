"""Store the times of cleanups as rows."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import DateTime, String, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from adapters.database.engine import Database
from adapters.database.moments import Now, utc
from adapters.database.tables import Table
from domain.storage.kinds import StorageKind


class CleanupTimeRow(Table):
    """The last cleanup of one kind of files."""

    __tablename__ = "cleanup_time"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    cleaned_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """UTC, by the database's clock."""


class SqlCleanupTimes:
    """Each kind is one row, and each row is written in its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, kinds: Collection[StorageKind]) -> None:
        """See `application.ports.cleanups.CleanupTimes`."""
        for kind in kinds:
            await self._record(kind)

    async def last(self) -> Mapping[StorageKind, datetime]:
        """See `application.ports.cleanups.CleanupTimes`."""
        rows = await self._database.read(select(CleanupTimeRow.kind, CleanupTimeRow.cleaned_at))
        # A later version may have other kinds.
        known = {each.value: each for each in StorageKind}
        return {known[row.kind]: utc(row.cleaned_at) for row in rows if row.kind in known}

    async def _record(self, kind: StorageKind) -> None:
        again = update(CleanupTimeRow).where(CleanupTimeRow.kind == kind.value)
        first = insert(CleanupTimeRow).values(kind=kind.value, cleaned_at=Now())

        async def work(connection: AsyncConnection) -> None:
            result = await connection.execute(again.values(cleaned_at=Now()))
            if not result.rowcount:
                await connection.execute(first)

        while True:
            try:
                return await self._database.transact(work, durable=False)
            except IntegrityError:
                # Another process has inserted the row in between; now it can be updated.
                continue
