"""Connections: one writer and several readers for SQLite, one limited pool for Postgres."""

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
"""Maximum seconds to wait for a connection of the pool, or for an answer of Postgres."""

QUEUE_WAIT: Final = 30
"""Maximum seconds that a writer of SQLite waits for its turn.

On a busy disk, one writer took six seconds for a checkpoint of the write-ahead log, and the writers
after it waited for that too.
"""

RETRY: Final = 0.005
"""Seconds between two tries to get the write lock, or to switch to the write-ahead log."""

READERS: Final = 4

DURABLE: Final = "durable"
"""Execution option of a transaction: True if its changes must survive a power failure.

On SQLite such a commit waits for the disk, and also flushes earlier commits.
"""


def sqlite(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """Return the engines for writing and for reading an existing file."""
    # A transaction that reads first and writes later fails if another wrote in between, and waiting
    # does not help. So writers share one connection and take the lock at the start.
    writer = _sqlite_engine(url, 1, _begin_writing, ("busy_timeout=0",))
    return writer, _sqlite_engine(url, READERS, _begin_reading, ("query_only=ON",))


def make_file(file: Path) -> None:
    """Create the database if it is missing, and switch it to the write-ahead log permanently.

    If several processes switch at the same time, SQLite refuses all but one immediately, without
    waiting, and they release the file only when they close it.
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
    """Return an engine with up to ``pool`` connections; a statement may take
    ``patience`` seconds.
    """
    return create_async_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=WAIT,
        # A connection to a restarted server is replaced without failing a request.
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "timeout": WAIT,
            "command_timeout": patience,
            "server_settings": {"application_name": "bachata-buddy"},
        },
    )


async def _begin_writing(connection: aiosqlite.Connection, durability: str | None) -> None:
    """Begin a transaction when no other process writes; ``durability`` is set before it.

    SQLite itself retries ten times per second, so a process may wait long beside one that writes
    constantly; retrying more often finds the moment between two transactions.
    """
    give_up = time.monotonic() + QUEUE_WAIT
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
    # The low byte is the error code, the rest is the extended code.
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
        pool_timeout=QUEUE_WAIT,
        hide_parameters=True,
        connect_args={"timeout": WAIT},
    )

    def set_up(connection: AsyncAdapt_aiosqlite_connection, _record: object) -> None:
        # Otherwise the driver begins transactions itself, and only at the first write.
        connection.isolation_level = None
        cursor = connection.cursor()
        # Without `fullfsync` a sync on macOS does not reach the drive; elsewhere it is ignored.
        for pragma in ("foreign_keys=ON", "fullfsync=ON", *pragmas):
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
