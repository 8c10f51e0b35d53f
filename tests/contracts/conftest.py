"""Every database the contracts are held against, each test with one of its own."""

import asyncio
from collections.abc import Generator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.contracts import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Generator[str]:
    """URL of a server whose user may create databases."""
    try:
        with postgres.server() as url:
            yield url
    except postgres.NoServer as reason:
        pytest.skip(f"no Postgres server: {reason}")


@pytest.fixture
def postgres_url(postgres_server: str) -> Generator[str]:
    """URL of a fresh database."""
    name = f"bachata_{uuid4().hex}"
    asyncio.run(_run(postgres_server, f'CREATE DATABASE "{name}"'))
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    asyncio.run(_run(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _run(url: str, statement: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of a file that is not there yet, nor is its folder."""
    return f"sqlite+aiosqlite:///{tmp_path}/kept/here.db"


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """URL of an empty database; None for the adapter in memory."""
    if request.param == "memory":
        return None
    return request.getfixturevalue(f"{request.param}_url")
