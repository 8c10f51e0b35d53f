"""A database that does not answer is waited for within a limit."""

import asyncio
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from adapters.database.engine import Database
from domain.shared.errors import WaitedTooLong

pytestmark = pytest.mark.anyio

SHORT = 0.02


async def forever(_: AsyncConnection) -> None:
    await asyncio.Event().wait()


async def test_a_transaction_that_hangs_is_given_up_and_the_next_is_carried_out(
    tmp_path: Path,
) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    quick = Database("database 'a'", engine, engine, limit=SHORT, parting=SHORT)
    patient = Database("database 'a'", engine, engine)

    async def one(connection: AsyncConnection) -> int:
        return cast(int, (await connection.execute(text("SELECT 1"))).scalar())

    with pytest.raises(WaitedTooLong, match="database 'a'"):
        await quick.transact(forever)

    caller = asyncio.ensure_future(Database("a", engine, engine, parting=SHORT).transact(forever))
    await asyncio.wait({caller}, timeout=SHORT)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller

    assert await patient.transact(one) == 1
    await patient.close()
