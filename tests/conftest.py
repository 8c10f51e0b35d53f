"""Fixtures of every test."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Generator
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

from adapters.database.schema import open_schema
from adapters.storage.bucket import Bucket, Limits
from adapters.storage.s3_client import S3Client, open_client
from tests import compiled_code, examples, fast_lane, media, workers
from tests.contracts import postgres, s3

# How long an example takes is the machine's business, and no rule of the product.
settings.register_profile(
    "anywhere",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    # Hypothesis would try the same ones in every CI. A red run is repeated by its seed.
    derandomize=False,
)
settings.load_profile("anywhere")


_LONGEST = ("journeys", "media_kinds", "mp4", "contracts")
"""Folders whose files take longest, and so are begun first: at the end nobody waits for them."""


pytest_configure = compiled_code.pytest_configure
pytest_cmdline_main = workers.pytest_cmdline_main
pytest_ignore_collect = fast_lane.pytest_ignore_collect
pytest_runtest_protocol = fast_lane.pytest_runtest_protocol
pytest_runtest_teardown = fast_lane.pytest_runtest_teardown


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the fast tests, begin with the longest, try as many examples as were asked for."""
    number = examples.asked_for()
    if number is None and fast_lane.is_alone(config):
        number = fast_lane.EXAMPLES
    for item in items:
        if fast_lane.is_fast(item):
            item.add_marker(pytest.mark.fast)
        if number is not None and isinstance(item, pytest.Function):
            examples.try_as_many(item.obj, number)

    def later(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return _LONGEST.index(folder) if folder in _LONGEST else len(_LONGEST)

    items.sort(key=later)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Spare the garbage collector what lives as long as the run: it took a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def media_worker_ends() -> Generator[None]:
    """The media worker that tests share ends with them."""
    yield
    media.worker().close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def s3_server() -> Generator[s3.Server]:
    """An S3 server whose owner may do everything."""
    with s3.server() as server:
        yield server


@pytest.fixture(scope="session")
def s3_bucket(s3_server: s3.Server) -> Bucket:
    """A bucket that many tests share, each in a folder of its own."""
    return s3_server.make("media")


@pytest.fixture(scope="module")
async def s3_client(s3_bucket: Bucket) -> AsyncGenerator[S3Client]:
    """An open line, for modules whose tests share an event loop: opening one takes a while."""
    async with open_client(s3_bucket, Limits()) as client:
        yield client


@pytest.fixture
def empty_client(s3_client: S3Client, s3_bucket: Bucket) -> S3Client:
    """A line to an empty folder of the bucket."""
    folder = msgspec.structs.replace(s3_bucket, folder=uuid4().hex)
    return S3Client(s3_client.client, folder, s3_client.limits)


@pytest.fixture(scope="session")
def postgres_server() -> Generator[str]:
    """URL of a server whose user may create databases."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def upgraded_postgres(postgres_server: str) -> Generator[str]:
    """Name of a database whose tables are up to date, to copy."""
    with postgres.database(postgres_server) as url:
        asyncio.run(_upgrade(url))
        yield str(make_url(url).database)


async def _upgrade(url: str) -> None:
    async with open_schema(url) as schema:
        await schema.upgrade()
