"""An open database, and how one is opened."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy import URL, Executable, Row, UpdateBase, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.database import connections
from adapters.database.failures import failure_of
from adapters.database.revisions import Revisions
from application.concurrency.threads import Threads
from application.concurrency.timeouts import ended, passed, reminded
from domain.shared.errors import DatabaseBehind, NotReady, WaitedTooLong

T = TypeVar("T")

_log = logging.getLogger("bachata.database")

ANSWER: Final = 60.0
"""Seconds for a transaction: `connections.TURN` for its turn, and as long to be carried out."""
PARTING: Final = 40.0
"""Seconds for one whose caller is cancelled: whoever waits for the lock gets it or gives up."""
CLOSING: Final = 3.0
"""Seconds for connections to close, and for a transaction to end that was cancelled."""

POOL: Final = 10
"""Connections to Postgres that a process has, unless it is told otherwise."""


THREADS: Final = Threads("the database's files", 2)


class Database:
    """Short transactions on an open database, each carried to its end.

    A caller that is cancelled still waits for the end of its transaction: half of one would leave
    a connection behind that holds the lock of the writers. Whatever goes wrong with the database
    or on the way to it is raised as `NotReady`, which names it without its password or its folder,
    or as `DiskFull` and `DiskReadOnly`, and as `WaitedTooLong` of it when there is no answer. Only
    `IntegrityError` is left to the caller, who knows what it means.
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
        """Take the seconds for a transaction, for one whose caller is cancelled, and for closing.

        Where ``limit`` is None a transaction takes its time, and the log says that it does.
        """
        self.name = name
        """For a person, like `SQLite database 'bachata.db'`."""
        self._file = file
        self._writer = writer
        self._reader = reader
        self._limit = limit
        self._parting = parting
        self._closing = closing

    async def read(self, query: Executable) -> Sequence[Row[Any]]:
        """Return all rows of a query, in a transaction of its own."""

        async def work() -> Sequence[Row[Any]]:
            async with self._reader.connect() as connection:
                return (await connection.execute(query)).all()

        return await self._whole(work(), self._limit)

    async def write(self, statement: UpdateBase, *, durable: bool = True) -> int:
        """Carry out one change, in a transaction of its own, and return how many rows it met.

        One that need not be ``durable`` may be lost with the power, as if it had not been made.
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
        """Carry out several changes, all or none; ``work`` awaits its connection only.

        Where the caller is ``patient`` it may take its time, and the log says that it does. What
        need not be ``durable`` may be lost with the power, as if it had not been made.
        """

        async def transaction() -> T:
            async with self._writer.connect() as connection:
                await connection.execution_options(**{connections.DURABLE: durable})
                async with connection.begin():
                    return await work(connection)

        return await self._whole(transaction(), None if patient else self._limit)

    async def close(self) -> None:
        """Close every connection; on SQLite the writer last, which folds the log into the file.

        Raises `WaitedTooLong` when they do not close.
        """

        async def work() -> None:
            await self._reader.dispose()
            await self._writer.dispose()

        await self._whole(work(), self._closing)

    async def _whole(self, work: Coroutine[Any, Any, T], limit: float | None) -> T:
        """Return what comes of ``work``; raises `WaitedTooLong` when it takes too long."""
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
            if not await ended(task, awaited, self._closing) or task.cancelled():
                raise WaitedTooLong(awaited, limit or 0)
        with _translated(self.name, self._file):
            return task.result()


@asynccontextmanager
async def open_database(url: str, pool: int = POOL) -> AsyncGenerator[Database]:
    """Open `sqlite:///path` (made if missing) or `postgresql://user:password@host/name`.

    Several processes may have the same one open. A file is brought up to date; a Postgres, which
    may serve other processes of an earlier version, only by command. Up to ``pool`` connections to
    Postgres are kept. Raises `NotReady`, and of it `DatabaseBehind`, `DatabaseAhead` and
    `MigrationFailed`.
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
    """Open a database as it stands; a statement may take ``patience`` seconds on Postgres.

    Where that is None, whole transactions may take their time on either.
    A file that is missing is made, or raises `NotReady` without ``make``, as does all else.
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

    await database.transact(work, patient=True)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # The parser's own message may show the password.
        raise NotReady("The database's URL cannot be read.") from None


async def _sqlite(url: URL, make: bool, limit: float | None) -> Database:
    if url.database in (None, "", ":memory:"):
        raise NotReady("SQLite needs a file: its readers and its writer are two connections.")
    file = Path(str(url.database))
    name = f"SQLite database {file.name!r}"
    with _translated(name, file):
        if not make and not await THREADS.run(file.exists):
            raise NotReady(f"The {name} is not there yet; the service makes it when it starts.")
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
        # What goes wrong on the way to Postgres does not come through SQLAlchemy.
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        OSError,
    ) as error:
        raise failure_of(error, name, file) from error
