"""Writers and readers of one SQLite file: run as a program, it is one process of several."""

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database, open_database
from adapters.database.tables import BlueprintRow, TaskRow

SHARED: Final = UUID(int=7)

_COUNT: Final = select(TaskRow.version).where(TaskRow.task_id == SHARED)
_BOTH: Final = select(
    _COUNT.scalar_subquery(), select(func.count()).select_from(BlueprintRow).scalar_subquery()
)


async def write_one(database: Database) -> None:
    """Read the count all share, write it one higher, and add a row: all of it or nothing."""

    async def work(connection: AsyncConnection) -> None:
        count = (await connection.execute(_COUNT)).scalar_one()
        counted = update(TaskRow).where(TaskRow.task_id == SHARED).values(version=count + 1)
        await connection.execute(counted)
        await connection.execute(insert(BlueprintRow).values(task_id=uuid4(), document=""))

    await database.transact(work)


async def crowd(database: Database, people: int, goes_on: Callable[[int], bool]) -> int:
    """So many write, and as many read meanwhile; return how often it was told to be written.

    A writer goes on for as long as it may after so many of its own. Raises what a writer or a
    reader was refused with; a reader that finds the count and the rows apart raises, too.
    """
    done = asyncio.Event()
    counts = [0] * people

    async def writer(index: int) -> None:
        while goes_on(counts[index]):
            await write_one(database)
            counts[index] += 1

    async def reader() -> None:
        last = 0
        while not done.is_set():
            count, rows = (await database.read(_BOTH))[0]
            if count != rows or count < last:
                raise AssertionError(f"{count} counted after {last}, and {rows} rows")
            last = count

    async with asyncio.TaskGroup() as group:
        for _ in range(people):
            group.create_task(reader())
        async with asyncio.TaskGroup() as writers:
            for index in range(people):
                writers.create_task(writer(index))
        done.set()
    return sum(counts)


def so_often(transactions: int) -> Callable[[int], bool]:
    """Go on until so many are written."""
    return lambda count: count < transactions


def so_long(seconds: float) -> Callable[[int], bool]:
    """Go on for so many seconds."""
    until = time.monotonic() + seconds
    return lambda _: time.monotonic() < until


async def _main(url: str, people: int, seconds: float, transactions: int) -> int:
    async with open_database(url) as database:
        return await crowd(
            database, people, so_long(seconds) if seconds else so_often(transactions)
        )


if __name__ == "__main__":
    print(asyncio.run(_main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))))
