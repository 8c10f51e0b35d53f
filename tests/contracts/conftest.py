"""Every database the contracts are held against, each test with one of its own."""

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from adapters.database.schema import open_schema
from tests.contracts import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Generator[str]:
    """URL of a server whose user may create databases."""
    try:
        with postgres.server() as url:
            yield url
    except postgres.NoServer as reason:
        pytest.skip(f"no Postgres server: {reason}")


@pytest.fixture(scope="session")
def upgraded_postgres(postgres_server: str) -> Generator[str]:
    """Name of a database whose tables are up to date, to copy."""
    with postgres.database(postgres_server) as url:
        asyncio.run(_upgrade(url))
        yield str(make_url(url).database)


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Generator[str]:
    """URL of a database without tables."""
    with postgres.database(postgres_server) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str, upgraded_postgres: str) -> Generator[str]:
    """URL of a database whose tables are up to date and empty."""
    with postgres.database(postgres_server, upgraded_postgres) as url:
        yield url


async def _upgrade(url: str) -> None:
    async with open_schema(url) as schema:
        await schema.upgrade()


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
