"""The stores of the journeys, and the data of films that stand still."""

import asyncio
import os
import shutil
from collections.abc import Generator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.contracts import s3
from tests.journeys.held_films import Holds, furnish
from tests.journeys.stores import BUCKET, MediaFiles, Servers, Stores

CHOICE = "BACHATA_TEST_STORES"


@pytest.fixture(scope="session")
def stores(request: pytest.FixtureRequest) -> Generator[Stores]:
    """Files and SQLite; with `BACHATA_TEST_STORES=production` a bucket and Postgres."""
    choice = os.environ.get(CHOICE, "local")
    if choice == "local":
        yield MediaFiles()
        return
    if choice != "production":
        pytest.fail(f"{CHOICE} is {choice!r}, and not `local` or `production`")
    media: s3.Server = request.getfixturevalue("s3_server")
    records: str = request.getfixturevalue("postgres_server")
    template: str = request.getfixturevalue("upgraded_postgres")
    media.make(BUCKET)
    servers = Servers(media, records, template)
    yield servers
    asyncio.run(servers.gone())


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a song and two clips of which nothing has been encoded."""
    data = tmp_path_factory.mktemp("furnished") / "data"
    asyncio.run(furnish(tmp_path_factory.mktemp("made"), data))
    return data


@pytest.fixture
def data(furnished: Path, tmp_path: Path) -> Generator[Path]:
    """A copy of it, at an address no other process has in its command line."""
    copy = tmp_path / f"data-{uuid4().hex}"
    shutil.copytree(furnished, copy)
    yield copy
    shutil.rmtree(copy)


@pytest.fixture
def holds(tmp_path: Path) -> Holds:
    return Holds(tmp_path / "holds")
