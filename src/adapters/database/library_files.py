"""Store the files of removed songs and moves as rows."""

from sqlalchemy import delete, select

from adapters.database.engine import Database
from adapters.database.file_owners import give_up, removed
from adapters.database.library_queries import rows_of
from adapters.database.tables import UnownedFileRow
from application.ports.library_files import Kind, Removed


class SqlLibraryFiles:
    """Each call is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def removed(
        self, kind: Kind | None = None, item_id: str | None = None
    ) -> tuple[Removed, ...]:
        """See `application.ports.library_files.LibraryFiles`."""
        query = select(UnownedFileRow.__table__).where(UnownedFileRow.kind.is_not(None))
        if kind is not None:
            query = query.where(UnownedFileRow.kind == kind)
        if item_id is not None:
            query = query.where(UnownedFileRow.item_id == item_id)
        rows = await rows_of(self._database, query, item_id)
        return tuple(sorted(map(removed, rows), key=lambda each: each.path))

    async def forget(self, path: str) -> None:
        """See `application.ports.library_files.LibraryFiles`."""
        same = (UnownedFileRow.path == path, UnownedFileRow.kind.is_not(None))
        await self._database.write(delete(UnownedFileRow).where(*same))

    async def give_up(self, path: str) -> bool:
        """See `application.ports.library_files.LibraryFiles`."""
        return await self._database.transact(lambda held: give_up(held, path))
