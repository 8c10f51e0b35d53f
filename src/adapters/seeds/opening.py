"""Choose the reader of the earlier system's records by the form of its address."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.seeds.database import open_seed_database
from adapters.seeds.fixtures import open_fixtures
from application.ports.seed_source import SeedSource


@asynccontextmanager
async def open_seed(place: str) -> AsyncGenerator[SeedSource]:
    """Open a file, a folder, or a database by its address (`postgresql://`, `sqlite:///`).

    Raises `InvalidRequest` if it contains nothing of the earlier system, `NotReady` if a database
    cannot be read.
    """
    if "://" in place:
        async with open_seed_database(place) as database:
            yield database
    else:
        yield await open_fixtures(Path(place))
