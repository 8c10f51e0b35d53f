"""The stores of the journeys."""

import asyncio
import os
from collections.abc import Generator

import pytest

from tests.contracts import s3
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
