"""Copying all rows of a database into another: everything or nothing."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import DateTime, LargeBinary, Uuid, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import BigInteger, Boolean, Float, Integer

from adapters.database import copying
from adapters.database.embeddings import SqlMoveEmbeddings
from adapters.database.moments import utc
from adapters.database.schema import Schema, open_schema
from domain.shared.errors import Conflict, DatabaseAhead, DatabaseBehind
from entrypoints import bootstrap
from tests.contracts import postgres

pytestmark = pytest.mark.anyio

assert bootstrap, "It imports every module that declares tables."
ROWS = 3
VALUES: dict[type[Any], Callable[[int], Any]] = {
    Uuid: lambda number: UUID(int=number),
    DateTime: lambda number: datetime(2026, 1, 1, 12, number, 0, 123_000, UTC),
    LargeBinary: lambda number: bytes([0, 255, number]),
    Boolean: lambda number: number % 2 == 0,
    BigInteger: lambda number: number,
    Integer: lambda number: number,
    Float: lambda number: number / 7,
}


def value(column: Any, number: int) -> Any:
    found = [make for kind, make in VALUES.items() if isinstance(column.type, kind)]
    return found[0](number) if found else f"{number}-ñ"


async def fill(connection: AsyncConnection) -> None:
    for table in copying.tables():
        rows = [
            {each.name: value(each, row) for each in table.columns} for row in range(1, ROWS + 1)
        ]
        await connection.execute(insert(table), rows)


async def rows_of(schema: Schema) -> dict[str, list[tuple[Any, ...]]]:
    async def read(connection: AsyncConnection) -> dict[str, list[tuple[Any, ...]]]:
        found: dict[str, list[tuple[Any, ...]]] = {}
        for table in copying.tables():
            keys = list(table.primary_key.columns)
            rows = await connection.execute(select(table).order_by(*keys))
            found[table.name] = [
                tuple(utc(each) if isinstance(each, datetime) else each for each in row)
                for row in rows
            ]
        return found

    return await schema.database.transact(read)


async def embeddings_version(schema: Schema) -> str:
    """The version that triggers of the database keep."""
    return await SqlMoveEmbeddings(schema.database).version()


@pytest.fixture
async def pair(postgres_server: str, tmp_path: Path) -> AsyncGenerator[tuple[Schema, Schema]]:
    """A full SQLite database, and an empty one in Postgres."""
    url = await postgres.created(postgres_server, "template0")
    async with AsyncExitStack() as stack:
        source = await stack.enter_async_context(
            open_schema(f"sqlite+aiosqlite:///{tmp_path / f'{uuid4().hex}.db'}")
        )
        target = await stack.enter_async_context(open_schema(url))
        await source.upgrade()
        await source.database.transact(fill)
        yield source, target
    await postgres.dropped(postgres_server, url)


async def test_every_row_of_every_table_arrives_as_it_is(
    pair: tuple[Schema, Schema], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_PART", 2)
    source, target = pair
    await target.upgrade()
    copied = await copying.copy_rows(source, target)
    assert copied == {table.name: ROWS for table in copying.tables()}
    assert await rows_of(target) == await rows_of(source)
    assert await embeddings_version(target) == await embeddings_version(source)


async def test_rows_are_copied_back(pair: tuple[Schema, Schema], tmp_path: Path) -> None:
    source, target = pair
    await target.upgrade()
    await copying.copy_rows(source, target)
    async with open_schema(f"sqlite+aiosqlite:///{tmp_path / 'back.db'}") as back:
        await back.upgrade()
        await copying.copy_rows(target, back)
        assert await rows_of(back) == await rows_of(source)


async def test_a_database_with_rows_is_refused_and_stays(pair: tuple[Schema, Schema]) -> None:
    source, target = pair
    await target.upgrade()
    await copying.copy_rows(source, target)
    before = await rows_of(target)
    with pytest.raises(Conflict, match="has rows already"):
        await copying.copy_rows(source, target)
    assert await rows_of(target) == before


async def test_both_databases_have_to_be_at_the_newest_revision(
    pair: tuple[Schema, Schema],
) -> None:
    source, target = pair
    with pytest.raises(DatabaseBehind):
        await copying.copy_rows(source, target)


async def test_no_table_is_left_behind(pair: tuple[Schema, Schema]) -> None:
    source, target = pair
    await target.upgrade()

    async def more(connection: AsyncConnection) -> None:
        await connection.execute(text("CREATE TABLE shoes (size INTEGER)"))

    await source.database.transact(more)
    with pytest.raises(DatabaseAhead, match="shoes"):
        await copying.copy_rows(source, target)
    assert not any((await rows_of(target)).values())
