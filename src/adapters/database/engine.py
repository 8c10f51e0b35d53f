"""An open database, and the functions that open it."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Executable, Row, UpdateBase, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.database import connections
from adapters.database.failures import failure_of
from adapters.database.revisions import Revisions
from adapters.postgres_connection import BROKEN
from application.concurrency.threads import Threads
from application.concurrency.timeouts import ended, passed, reminded, stopped
from domain.shared.errors import DatabaseBehind, NotReady, WaitedTooLong

T = TypeVar("T")

_log = logging.getLogger("bachata.database")

ANSWER: Final = 60.0
"""Maximum seconds of a transaction: `connections.TURN` for its turn, and the same for its work."""
PARTING: Final = 40.0
"""Maximum seconds of a transaction after its caller is cancelled: enough to get the lock or give
up.
"""
CLOSING: Final = 3.0
"""Maximum seconds for connections to close, and for a cancelled transaction to end."""

POOL: Final = 10
"""Default number of connections to Postgres per process."""


THREADS: Final = Threads("the database's files", 2)


class Database:
    """Runs short transactions on an open database, each to completion.

    A cancelled caller still waits for the end of its transaction, because an unfinished one would
    leave a connection behind that holds the write lock. Errors of the database or the connection
    are raised as `NotReady`, which contains the name without password and folder, as `DiskFull` and
    `DiskReadOnly`, or as `WaitedTooLong` if there is no answer. Only `IntegrityError` is passed on,
    because the caller knows its meaning.
    """

    def __init__(
        self,
        name: str,
        writer: AsyncEngine,
        reader: AsyncEngine,
        file: Path | None = None,
        *,
        limit: float | None = ANSWER,
        parting: float = PARTING,
        closing: float = CLOSING,
    ) -> None:
        """Take the maximum seconds of a transaction, of one after a cancellation, and of closing.

        If ``limit`` is None, a transaction has no limit, and the log reports long ones.
        """
        self.name = name
        """Name for users, such as `SQLite database 'bachata.db'`."""
        self._file = file
        self._writer = writer
        self._reader = reader
        self._limit = limit
        self._parting = parting
        self._closing = closing

    @property
    def is_shared(self) -> bool:
        """True if processes of several machines may use it."""
        return self._file is None

    async def read(self, query: Executable) -> Sequence[Row[Any]]:
        """Return all rows of a query, in its own transaction."""

        async def work() -> Sequence[Row[Any]]:
            async with self._reader.connect() as connection:
                return (await connection.execute(query)).all()

        return await self._whole(work(), self._limit)

    async def write(self, statement: UpdateBase, *, durable: bool = True) -> int:
        """Execute one change in its own transaction; return the number of affected rows.

        A change that is not ``durable`` may be lost by a power failure, as if it had not been made.
        """

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        return await self.transact(work, durable=durable)

    async def transact(
        self,
        work: Callable[[AsyncConnection], Awaitable[T]],
        *,
        patient: bool = False,
        durable: bool = True,
    ) -> T:
        """Execute several changes atomically; ``work`` must await nothing but its connection.

        A ``patient`` caller has no time limit, and the log reports long transactions. Changes that
        are not ``durable`` may be lost by a power failure, as if they had not been made.
        """

        async def transaction() -> T:
            async with self._writer.connect() as connection:
                await connection.execution_options(**{connections.DURABLE: durable})
                async with connection.begin():
                    return await work(connection)

        return await self._whole(transaction(), None if patient else self._limit)

    async def close(self) -> None:
        """Close every connection; on SQLite the writer last, which runs the final checkpoint.

        Raises `WaitedTooLong` if they do not close.
        """

        async def work() -> None:
            await self._reader.dispose()
            await self._writer.dispose()

        await self._whole(work(), self._closing)

    async def _whole(self, work: Coroutine[Any, Any, T], limit: float | None) -> T:
        """Return the result of ``work``; raises `WaitedTooLong` if it takes too long."""
        task = asyncio.ensure_future(work)
        awaited = f"the {self.name}"
        try:
            if limit is None:
                await reminded(task, awaited)
            else:
                await asyncio.wait({task}, timeout=limit)
        except asyncio.CancelledError:
            if not await passed(task, self._parting):
                task.cancel()
            await ended(task, awaited, self._closing)
            raise
        if not task.done():
            task.cancel()
            if not await stopped(task, awaited, self._closing) or task.cancelled():
                raise WaitedTooLong(awaited, limit or 0)
        with _translated(self.name, self._file):
            return task.result()


@asynccontextmanager
async def open_database(url: str, pool: int = POOL) -> AsyncGenerator[Database]:
    """Open `sqlite:///path` (created if missing) or `postgresql://user:password@host/name`.

    Several processes may open the same database. A file is upgraded automatically; Postgres, which
    may serve processes of an earlier version, only by a command. Up to ``pool`` connections to
    Postgres are kept open. Raises `NotReady`, and its subclasses `DatabaseBehind`, `DatabaseAhead`
    and `MigrationFailed`.
    """
    async with connected(url, pool) as database:
        await _prepare(database, await THREADS.run(Revisions))
        yield database


@asynccontextmanager
async def connected(
    url: str,
    pool: int = POOL,
    patience: float | None = connections.WAIT,
    *,
    make: bool = True,
) -> AsyncGenerator[Database]:
    """Open a database without upgrading it; a statement may take ``patience`` seconds on Postgres.

    If that is None, whole transactions have no limit on either database. A missing file is created,
    or raises `NotReady` without ``make``; all other errors are `NotReady` too.
    """
    parsed = _parsed(url)
    limit = None if patience is None else ANSWER
    match parsed.get_backend_name():
        case "sqlite":
            database = await _sqlite(parsed.set(drivername="sqlite+aiosqlite"), make, limit)
        case "postgresql":
            parsed = parsed.set(drivername="postgresql+asyncpg")
            database = _postgres(parsed, pool, patience, limit)
        case other:
            raise NotReady(f"A database of the kind {other!r} is not supported.")
    try:
        yield database
    finally:
        await database.close()


async def _prepare(database: Database, revisions: Revisions) -> None:
    """Ensure that the tables have the newest revision."""

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
        _log.info("the tables were upgraded", extra={"revision": standing.newest})

    await database.transact(work, patient=True)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # The parser's own message may contain the password.
        raise NotReady("The database's URL cannot be read.") from None


async def _sqlite(url: URL, make: bool, limit: float | None) -> Database:
    if url.database in (None, "", ":memory:"):
        raise NotReady("SQLite databases in memory are not supported; give the path of a file.")
    file = Path(str(url.database))
    name = f"SQLite database {file.name!r}"
    with _translated(name, file):
        if not make and not await THREADS.run(file.exists):
            raise NotReady(f"The {name} does not exist yet; the service creates it when it starts.")
        await THREADS.run(partial(connections.make_file, file))
    return Database(name, *connections.sqlite(url), file, limit=limit)


def _postgres(url: URL, pool: int, patience: float | None, limit: float | None) -> Database:
    engine = connections.postgres(url, pool, patience)
    server = f" at {url.host}:{url.port or 5432}" if url.host else ""
    return Database(f"Postgres database {url.database!r}{server}", engine, engine, limit=limit)


@contextmanager
def _translated(name: str, file: Path | None) -> Generator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except (
        SQLAlchemyError,
        sqlite3.Error,
        # SQLAlchemy does not wrap all errors of a lost connection.
        *BROKEN,
    ) as error:
        raise failure_of(error, name, file) from error
