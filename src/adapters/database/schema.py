"""Inspect and change the schema of a database, for operators."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import THREADS, Database, connected
from adapters.database.revisions import Revisions, Standing
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation


@dataclass(frozen=True, slots=True)
class Schema:
    """An open database and its revisions; each upgrade or downgrade is one transaction."""

    database: Database
    revisions: Revisions

    async def standing(self) -> Standing:
        """Return the current revision; raises `NotReady`."""

        async def work(connection: AsyncConnection) -> Standing:
            return await connection.run_sync(self.revisions.standing)

        return await self.database.transact(work)

    async def upgrade(self, to: str | None = None) -> tuple[str, ...]:
        """Upgrade to a revision, by default the newest; return the applied revisions.

        Does nothing if the database is already there or beyond. Raises `InvalidRequest` for an
        unknown revision, `NotReady`, and its subclasses `DatabaseAhead` and `MigrationFailed`.
        """
        newest = self.revisions.ids[-1]
        return await self._go(newest if to is None else self._known(to), up=True)

    async def downgrade(self, to: str | None) -> tuple[str, ...]:
        """Downgrade to a revision; None drops all tables. Raises as `upgrade`."""
        return await self._go(to if to is None else self._known(to), up=False)

    def _known(self, revision: str) -> str:
        if revision not in self.revisions.ids:
            message = f"The revisions are {', '.join(self.revisions.ids)}."
            raise InvalidRequest((Violation(path=revision, message=message),))
        return revision

    async def _go(self, to: str | None, *, up: bool) -> tuple[str, ...]:
        def go(connection: Connection) -> tuple[str, ...]:
            return self.revisions.go(connection, to, up=up)

        async def work(connection: AsyncConnection) -> tuple[str, ...]:
            return await connection.run_sync(go)

        return await self.database.transact(work)


@asynccontextmanager
async def open_schema(url: str, *, make: bool = True) -> AsyncGenerator[Schema]:
    """Open a database without upgrading it; its transactions have no time limit.

    A missing file is created, or raises `NotReady` without ``make``; all other errors are
    `NotReady` too.
    """
    revisions = await THREADS.run(Revisions)
    async with connected(url, pool=1, patience=None, make=make) as database:
        yield Schema(database, revisions)
