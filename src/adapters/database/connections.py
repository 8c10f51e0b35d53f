"""Connections: one writer and several readers on SQLite, one bounded pool on Postgres."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, cast

import aiosqlite
from sqlalchemy import URL, Connection, event
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

WAIT: Final = 15
"""Seconds to wait for a connection of the pool, or for Postgres to answer."""

TURN: Final = 30
"""Seconds a writer of SQLite waits for its turn.

On a disk that others keep busy, folding the log into the file has taken one writer six seconds, and
those behind it wait for that, too.
"""

RETRY: Final = 0.005
"""Seconds between two tries to be the one who writes, or to change to the write-ahead log."""

READERS: Final = 4

DURABLE: Final = "durable"
"""Execution option of a transaction: whether what it did has to survive the power.

On SQLite a commit that has to waits for the disk, and takes what was committed before it along.
"""


def sqlite(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """Return the writer and the readers of a file that is there."""
    # A transaction that reads first and writes later fails when another wrote in between, and no
    # waiting mends that: writers queue for the one connection and take the lock at the start.
    writer = _sqlite_engine(url, 1, _begin_writing, ("busy_timeout=0",))
    return writer, _sqlite_engine(url, READERS, _begin_reading, ("query_only=ON",))


def make_file(file: Path) -> None:
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
            if not _busy(error) or time.monotonic() > give_up:
                raise
        else:
            return
        finally:
            connection.close()
        time.sleep(RETRY)


def postgres(url: URL, pool: int, patience: float | None) -> AsyncEngine:
    """Return up to ``pool`` connections; a statement may take ``patience`` seconds."""
    return create_async_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=WAIT,
        # A connection that died with its server is replaced, and costs no request its answer.
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "timeout": WAIT,
            "command_timeout": patience,
            "server_settings": {"application_name": "bachata-buddy"},
        },
    )


async def _begin_writing(connection: aiosqlite.Connection, durability: str | None) -> None:
    """Begin a transaction once no other process writes; ``durability`` is set before it.

    SQLite's own waiting asks ten times a second, and a process may wait for long beside one that
    writes without a pause; asking more often finds the moment between two transactions.
    """
    give_up = time.monotonic() + TURN
    while True:
        try:
            if durability is not None:
                await connection.execute(durability)
            await connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not _busy(error) or time.monotonic() > give_up:
                raise
        else:
            return
        await asyncio.sleep(RETRY)


async def _begin_reading(connection: aiosqlite.Connection, durability: str | None) -> None:
    await connection.execute("BEGIN")


def _busy(error: sqlite3.OperationalError) -> bool:
    # The low byte is the kind of error, the rest its particulars.
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _sqlite_engine(
    url: URL,
    connections: int,
    begin: Callable[[aiosqlite.Connection, str | None], Awaitable[None]],
    pragmas: tuple[str, ...],
) -> AsyncEngine:
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=TURN,
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
        held = cast(AsyncAdapt_aiosqlite_connection, connection.connection.dbapi_connection)
        durable = bool(connection.get_execution_options().get(DURABLE, True))
        changes = connection.info.get(DURABLE) is not durable
        durability = f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}" if changes else None
        held.run_async(lambda each: begin(each, durability))
        connection.info[DURABLE] = durable

    event.listen(engine.sync_engine, "connect", set_up)
    event.listen(engine.sync_engine, "begin", start)
    return engine
