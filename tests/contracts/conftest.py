"""Every database the contracts are held against, each test with one of its own."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.contracts import postgres


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
