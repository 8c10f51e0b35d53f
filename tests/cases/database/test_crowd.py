"""Many write and read one SQLite file at once: nothing is lost, and nobody is refused."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from adapters.database.engine import Database, open_database
from adapters.database.tables import BlueprintRow
from adapters.database.tasks import SqlTaskRepository
from domain.rendering.assembly import Assembly
from tests.cases.database import crowd
from tests.cases.database.crowd import SHARED

pytestmark = pytest.mark.anyio

PEOPLE = 20
PROCESSES = 2
TRANSACTIONS = 10
LONG = 30.0
NOW = datetime(2024, 1, 1, tzinfo=UTC)

long = pytest.mark.skipif(
    os.environ.get("BACHATA_TEST_LONG") != "1", reason="takes half a minute: BACHATA_TEST_LONG=1"
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/shared.db"


@pytest.fixture
async def database(url: str) -> AsyncGenerator[Database]:
    async with open_database(url) as opened:
        shared = Assembly(task_id=SHARED, owner="local", created_at=NOW, updated_at=NOW)
        await SqlTaskRepository(opened).add(shared)
        yield opened


async def written(database: Database) -> int:
    return (await database.read(select(func.count()).select_from(BlueprintRow)))[0][0]


async def told_by_processes(url: str, seconds: float) -> list[int]:
    """Return the writes that each of several processes confirmed, with its share of the callers."""
    people = PEOPLE // PROCESSES
    command = [sys.executable, "-m", crowd.__name__, url, people, seconds, TRANSACTIONS]
    processes = [
        await asyncio.create_subprocess_exec(
            *map(str, command),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )
        for _ in range(PROCESSES)
    ]
    outputs = await asyncio.gather(*(process.communicate() for process in processes))
    assert [process.returncode for process in processes] == [0] * PROCESSES, outputs
    return [int(out) for out, _ in outputs]


async def test_a_crowd_in_one_process(database: Database) -> None:
    count = await crowd.crowd(database, PEOPLE, crowd.so_often(TRANSACTIONS))
    assert count == PEOPLE * TRANSACTIONS == await written(database)


async def test_a_crowd_in_several_processes(database: Database, url: str) -> None:
    counts = await told_by_processes(url, 0)
    assert sum(counts) == PEOPLE * TRANSACTIONS == await written(database)


@long
async def test_a_crowd_in_one_process_for_long(database: Database) -> None:
    count = await crowd.crowd(database, PEOPLE, crowd.so_long(LONG))
    assert count == await written(database) > PEOPLE


@long
async def test_a_crowd_in_several_processes_for_long(database: Database, url: str) -> None:
    counts = await told_by_processes(url, LONG)
    assert sum(counts) == await written(database) > PEOPLE
