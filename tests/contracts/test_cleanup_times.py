"""The contract of every CleanupTimes: memory and each real database."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.database.cleanups import SqlCleanupTimes
from adapters.database.engine import open_database
from adapters.memory.cleanups import MemoryCleanupTimes
from adapters.system.clock import SystemClock
from application.ports.cleanups import CleanupTimes
from domain.storage.kinds import StorageKind

pytestmark = pytest.mark.anyio

TEMP, CACHE = StorageKind.TEMP, StorageKind.CACHE


@pytest.fixture
async def times(database_url: str | None) -> AsyncGenerator[CleanupTimes]:
    if database_url is None:
        yield MemoryCleanupTimes(SystemClock())
        return
    async with open_database(database_url) as database:
        yield SqlCleanupTimes(database)


async def test_a_kind_that_was_never_cleaned_has_no_time(times: CleanupTimes) -> None:
    assert await times.last() == {}
    await times.record([])
    assert await times.last() == {}


async def test_the_time_is_that_of_the_last_cleanup(times: CleanupTimes) -> None:
    await times.record([TEMP, CACHE])
    first = await times.last()
    assert set(first) == {TEMP, CACHE}
    assert abs(first[TEMP] - datetime.now(UTC)) < timedelta(minutes=5)
    while (second := await times.last())[TEMP] == first[TEMP]:
        await times.record([TEMP])
    assert second[TEMP] > first[TEMP]
    assert second[CACHE] == first[CACHE]


async def test_many_record_at_once(times: CleanupTimes) -> None:
    await asyncio.gather(*(times.record(list(StorageKind)) for _ in range(8)))
    assert set(await times.last()) == set(StorageKind)
