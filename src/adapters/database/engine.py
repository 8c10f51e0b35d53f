"""An open database, and how one is opened."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from anyio import CancelScope, to_thread
from sqlalchemy import URL, Executable, Row, UpdateBase, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.database import connections
from adapters.database.revisions import Revisions
from domain.errors import DatabaseBehind, NotReady

T = TypeVar("T")

_log = logging.getLogger("bachata.database")

POOL: Final = 10
"""Connections to Postgres that a process has, unless it is told otherwise."""


class Database:
    """Short transactions on an open database, each carried to its end.

    A caller that is cancelled still waits for the end of its transaction: half of one would leave
    a connection behind that holds the lock of the writers. Whatever goes wrong with the database
    or on the way to it is raised as `NotReady`, which names it without its password or its folder.
    Only `IntegrityError` is left to the caller, who knows what it means.
    """

    def __init__(self, name: str, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self.name = name
        """For a person, like `SQLite database 'bachata.db'`."""
        self._writer = writer
        self._reader = reader

    async def read(self, query: Executable) -> Sequence[Row[Any]]:
        """Return all rows of a query, in a transaction of its own."""

        async def work() -> Sequence[Row[Any]]:
            async with self._reader.connect() as connection:
                return (await connection.execute(query)).all()

        return await self._whole(work())

    async def write(self, statement: UpdateBase) -> int:
        """Carry out one change, in a transaction of its own, and return how many rows it met."""

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        return await self.transact(work)

    async def transact(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Carry out several changes, all or none; ``work`` awaits its connection only."""

        async def transaction() -> T:
            async with self._writer.begin() as connection:
                return await work(connection)

        return await self._whole(transaction())

    async def close(self) -> None:
        """Close every connection; on SQLite the writer last, which folds the log into the file."""

        async def work() -> None:
            await self._reader.dispose()
            await self._writer.dispose()

        await self._whole(work())

    async def _whole(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(work)
        try:
            with _translated(self.name):
                return await asyncio.shield(task)
        except asyncio.CancelledError:
            with CancelScope(shield=True):
                while not task.done():
                    with suppress(asyncio.CancelledError):
                        await asyncio.wait([task])
            # Asked for, so that asyncio does not complain that nobody did.
            if not task.cancelled():
                task.exception()
            raise


@asynccontextmanager
async def open_database(url: str, pool: int = POOL) -> AsyncGenerator[Database]:
    """Open `sqlite:///path` (made if missing) or `postgresql://user:password@host/name`.

    Several processes may have the same one open. A file is brought up to date; a Postgres, which
    may serve other processes of an earlier version, only by command. Up to ``pool`` connections to
    Postgres are kept. Raises `NotReady`, and of it `DatabaseBehind`, `DatabaseAhead` and
    `MigrationFailed`.
    """
    async with connected(url, pool) as database:
        await _prepare(database, await to_thread.run_sync(Revisions))
        yield database


@asynccontextmanager
async def connected(
    url: str,
    pool: int = POOL,
    patience: float | None = connections.WAIT,
    *,
    make: bool = True,
) -> AsyncGenerator[Database]:
    """Open a database as it stands; a statement may take ``patience`` seconds on Postgres.

    A file that is missing is made, or raises `NotReady` without ``make``, as does all else.
    """
    parsed = _parsed(url)
    match parsed.get_backend_name():
        case "sqlite":
            database = await _sqlite(parsed.set(drivername="sqlite+aiosqlite"), make)
        case "postgresql":
            database = _postgres(parsed.set(drivername="postgresql+asyncpg"), pool, patience)
        case other:
            raise NotReady(f"A database of the kind {other!r} is not supported.")
    try:
        yield database
    finally:
        await database.close()


async def _prepare(database: Database, revisions: Revisions) -> None:
    """See to it that the tables are those of the newest revision."""

    async def work(connection: AsyncConnection) -> None:
        standing = await connection.run_sync(revisions.standing)
        if standing.known and not standing.missing:
            return
        if standing.known and connection.dialect.name == "postgresql":
            at = f"at revision {standing.found}" if standing.found else "without a revision"
            raise DatabaseBehind(
                f"The {database.name} is {at} and this version of the program needs "
                f"{standing.newest}: run `bachata-buddy db upgrade`."
            )
        await connection.run_sync(lambda held: revisions.go(held, standing.newest, up=True))
        _log.info("the tables were brought up to date", extra={"revision": standing.newest})

    await database.transact(work)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # The parser's own message may show the password.
        raise NotReady("The database's URL cannot be read.") from None


async def _sqlite(url: URL, make: bool) -> Database:
    if url.database in (None, "", ":memory:"):
        raise NotReady("SQLite needs a file: its readers and its writer are two connections.")
    file = Path(str(url.database))
    name = f"SQLite database {file.name!r}"
    with _translated(name):
        if not make and not await to_thread.run_sync(file.exists):
            raise NotReady(f"The {name} is not there yet; the service makes it when it starts.")
        await to_thread.run_sync(connections.make_file, file)
    return Database(name, *connections.sqlite(url))


def _postgres(url: URL, pool: int, patience: float | None) -> Database:
    engine = connections.postgres(url, pool, patience)
    server = f" at {url.host}:{url.port or 5432}" if url.host else ""
    return Database(f"Postgres database {url.database!r}{server}", engine, engine)


@contextmanager
def _translated(name: str) -> Generator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except (
        SQLAlchemyError,
        sqlite3.Error,
        # What goes wrong on the way to Postgres does not come through SQLAlchemy.
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        OSError,
    ) as error:
        raise NotReady(f"The {name} cannot be used.", details=type(error).__name__) from error
