"""Which of the ways to the earlier system's records a place asks for."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.seeds.database import open_seed_database
from adapters.seeds.fixtures import open_fixtures
from application.ports.seed_source import SeedSource


@asynccontextmanager
async def open_seed(place: str) -> AsyncGenerator[SeedSource]:
    """Open a file, a folder, or a database by its address (`postgresql://`, `sqlite:///`).

    Raises `InvalidRequest` when there is nothing of the earlier system, `NotReady` when a database
    cannot be read.
    """
    if "://" in place:
        async with open_seed_database(place) as database:
            yield database
    else:
        yield await open_fixtures(Path(place))
