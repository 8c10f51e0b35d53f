"""An open database: one writer and several readers on SQLite, one bounded pool on Postgres."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from anyio import CancelScope, to_thread
from sqlalchemy import (
    URL,
    Connection,
    Executable,
    Row,
    UpdateBase,
    event,
    func,
    inspect,
    make_url,
    select,
)
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from adapters.database.tables import Table
from domain.errors import NotReady

T = TypeVar("T")

WAIT: Final = 15
"""Seconds to wait for another writer, for a connection of the pool, or for Postgres to answer."""

RETRY: Final = 0.02
"""Seconds between two tries to change to the write-ahead log."""

READERS: Final = 4
POSTGRES_CONNECTIONS: Final = 10

PREPARING: Final = 0x62616368617461
"""Number of the Postgres lock under which the tables are brought up to date ("bachata")."""


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
async def open_database(url: str) -> AsyncGenerator[Database]:
    """Open `sqlite:///path` (made if missing) or `postgresql://user:password@host/name`.

    Several processes may have the same one open. Raises `NotReady`.
    """
    database = await _connected(_parsed(url))
    try:
        await prepare(database)
        yield database
    finally:
        await database.close()


async def prepare(database: Database) -> None:
    """Bring the tables up to date, one process at a time."""

    async def work(connection: AsyncConnection) -> None:
        # SQLite needs no lock of its own: its writing transactions follow one another.
        if connection.dialect.name == "postgresql":
            await connection.execute(select(func.pg_advisory_xact_lock(PREPARING)))
        await connection.run_sync(Table.metadata.create_all)
        await connection.run_sync(_add_columns)

    await database.transact(work)


def _add_columns(connection: Connection) -> None:
    """Give tables of an earlier version the columns they have not; these may all be empty."""
    found = inspect(connection)
    for table in Table.metadata.sorted_tables:
        there = {column["name"] for column in found.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                kind = column.type.compile(connection.dialect)
                name = connection.dialect.identifier_preparer.quote(column.name)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {name} {kind}")


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # The parser's own message may show the password.
        raise NotReady("The database's URL cannot be read.") from None


async def _connected(url: URL) -> Database:
    match url.get_backend_name():
        case "sqlite":
            return await _sqlite(url.set(drivername="sqlite+aiosqlite"))
        case "postgresql":
            return _postgres(url.set(drivername="postgresql+asyncpg"))
        case other:
            raise NotReady(f"A database of the kind {other!r} is not supported.")


async def _sqlite(url: URL) -> Database:
    if url.database in (None, "", ":memory:"):
        raise NotReady("SQLite needs a file: its readers and its writer are two connections.")
    file = Path(str(url.database))
    name = f"SQLite database {file.name!r}"
    with _translated(name):
        await to_thread.run_sync(_make_file, file)
    # A transaction that reads first and writes later fails when another wrote in between, and no
    # waiting mends that: writers queue for the one connection and take the lock at the start.
    writer = _sqlite_engine(url, 1, "BEGIN IMMEDIATE", ("synchronous=NORMAL",))
    reader = _sqlite_engine(url, READERS, "BEGIN", ("query_only=ON",))
    return Database(name, writer, reader)


def _make_file(file: Path) -> None:
    """Make the database where it is missing, and have it keep a write-ahead log for good.

    Of several who change to the log at once SQLite refuses all but one on the spot, however long
    they are willing to wait, and those let go of the file only by closing it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    give_up = time.monotonic() + WAIT
    while True:
        connection = sqlite3.connect(file, timeout=WAIT)
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            # The low byte is the kind of error, the rest its particulars.
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > give_up:
                raise
        else:
            return
        finally:
            connection.close()
        time.sleep(RETRY)


def _sqlite_engine(url: URL, connections: int, begin: str, pragmas: tuple[str, ...]) -> AsyncEngine:
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=WAIT,
        hide_parameters=True,
        connect_args={"timeout": WAIT},
    )

    def set_up(connection: AsyncAdapt_aiosqlite_connection, _record: object) -> None:
        # Without this the driver begins transactions by itself, and not before the first write.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", set_up)
    event.listen(engine.sync_engine, "begin", start)
    return engine


def _postgres(url: URL) -> Database:
    engine = create_async_engine(
        url,
        pool_size=POSTGRES_CONNECTIONS,
        max_overflow=0,
        pool_timeout=WAIT,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "timeout": WAIT,
            "command_timeout": WAIT,
            "server_settings": {"application_name": "bachata-buddy"},
        },
    )
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
