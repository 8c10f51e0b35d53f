"""The commands of docs/OPERATIONS.md that back up and restore; the service is used meanwhile."""

import os
import re
import shutil
import subprocess
from collections.abc import Generator
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from anyio import to_thread
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from application.planning.choreography_request import ChoreographyRequest
from application.ports.songs import SongFilter
from domain.shared.paths import LOCAL_USER
from entrypoints.bootstrap import open_ports
from entrypoints.environment import from_environment
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire
from tests.contracts import postgres
from tests.journeys import footage, small_library
from tests.journeys.server import COMMAND

pytestmark = pytest.mark.anyio

PAGE = (Path(__file__).resolve().parents[2] / "docs/OPERATIONS.md").read_text()
LIMIT = 120.0
"""Seconds after which a command will not end any more."""
LATER = "Clicks"
"""Title of a song that is younger than the backup."""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the file."""
    return "asyncio"


def commands(heading: str) -> str:
    """The commands below a heading of the page."""
    section = PAGE.split(f"\n### {heading}\n")[1].split("\n##")[0]
    blocks = re.findall(r"^```bash\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert blocks, heading
    return "".join(blocks)


class Operator:
    """Somebody at a shell, in the folder of the data folder `var`."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = environment

    def settings(self, **changed: str) -> Settings:
        given = {"BACHATA_DATA_DIR": str(self.folder / "var"), **self.environment, **changed}
        return from_environment(given)

    async def does(self, lines: str) -> None:
        """Run commands, of which none may fail."""
        ours = {k: v for k, v in os.environ.items() if not k.startswith("BACHATA_")}
        programs = f"{self.environment.get('PROGRAMS', '')}:{COMMAND.parent}:{ours['PATH']}"
        run = partial(
            subprocess.run,
            ["bash", "-euo", "pipefail", "-c", lines],
            cwd=self.folder,
            env={**ours, **self.environment, "PATH": programs},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        done = await to_thread.run_sync(run)
        assert done.returncode == 0, f"{lines}\n{done.stdout}\n{done.stderr}"


async def live(operator: Operator, made: Path, back_up: str) -> None:
    """Back up while the service is open, and add a song after that."""
    settings = operator.settings()
    async with open_ports(settings) as ports:
        use_cases = wire(ports, settings)
        await operator.does(commands(back_up))
        footage.song_of(made / "later.wav", 8)
        await use_cases.add_song(made / "later.wav", *footage.song(8))


async def titles(settings: Settings) -> set[str]:
    async with open_ports(settings) as ports:
        page = await ports.songs.page(SongFilter(), None, 10)
    return {song.title for song in page.items}


@pytest.fixture(scope="module")
async def furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, UUID]:
    """A data folder with a small library and a film, and the film's task."""
    folder = tmp_path_factory.mktemp("furnished")
    settings = Operator(folder).settings()
    await small_library.furnish(settings, folder, small_library.FEW)
    return folder / "var", await make_film(settings)


async def make_film(settings: Settings) -> UUID:
    request = ChoreographyRequest(song_id=small_library.SONG)
    async with open_ports(settings) as ports:
        film = await wire(ports, settings).generate(request, uuid4(), LOCAL_USER)
    return film.task_id


async def is_stored(settings: Settings, task_id: UUID) -> bool:
    async with open_ports(settings) as ports:
        task = await ports.tasks.get(task_id)
        assert task.output_path is not None
        return (await ports.storage.describe(task.output_path)).size > 0


async def test_sqlite_and_its_media_are_restored_as_they_were(
    furnished: tuple[Path, UUID], tmp_path: Path
) -> None:
    data, task_id = furnished
    shutil.copytree(data, tmp_path / "var")
    operator = Operator(tmp_path)
    await live(operator, tmp_path, "Back up SQLite and local media")
    assert LATER in await titles(operator.settings())

    await operator.does(commands("Restore SQLite and local media"))

    assert await titles(operator.settings()) == {"Luna de humo"}
    assert await is_stored(operator.settings(), task_id)
    assert sorted((tmp_path / "backup").iterdir()) == [
        tmp_path / "backup/bachata.db",
        tmp_path / "backup/media",
    ]


@pytest.fixture(scope="module")
def server() -> Generator[postgres.Server]:
    with postgres.own_server() as started:
        yield started


async def test_postgres_and_its_media_are_restored_as_they_were(
    server: postgres.Server, tmp_path: Path
) -> None:
    first = await postgres.created(server.url, "template0")
    environment = {"BACHATA_JOBS": "pgqueuer", "PROGRAMS": str(server.programs)}
    operator = Operator(tmp_path, BACHATA_DATABASE_URL=first, **environment)
    await operator.does("bachata-buddy db upgrade")
    await small_library.furnish(operator.settings(), tmp_path, small_library.FEW)
    await live(operator, tmp_path, "Back up Postgres")
    assert LATER in await titles(operator.settings())

    second = await postgres.created(server.url, "template0")
    restoring = Operator(tmp_path, BACHATA_DATABASE_URL=second, **environment)
    await restoring.does(commands("Restore Postgres"))

    assert await titles(restoring.settings()) == {"Luna de humo"}
    await restoring.does("bachata-buddy db check")


async def test_rows_move_from_sqlite_to_postgres(
    server: postgres.Server, furnished: tuple[Path, UUID], tmp_path: Path
) -> None:
    data, task_id = furnished
    shutil.copytree(data, tmp_path / "var")
    url = await postgres.created(server.url, "template0")
    after = Operator(tmp_path, BACHATA_DATABASE_URL=url)
    example = re.search(r"^export BACHATA_DATABASE_URL=.*$", PAGE, re.MULTILINE)
    assert example
    lines = commands("2. Postgres").replace(example[0], "")

    await after.does(lines)

    assert await titles(after.settings()) == {"Luna de humo"}
    assert await is_stored(after.settings(), task_id)
    await after.does("bachata-buddy library check")
    with pytest.raises(AssertionError, match="in the table"):
        await after.does(lines)


QUERIES = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


async def test_the_queries_of_the_page_run_on_both_databases(
    upgraded_postgres: str, postgres_server: str, tmp_path: Path
) -> None:
    assert QUERIES
    settings = from_environment({"BACHATA_DATA_DIR": str(tmp_path)})
    async with open_ports(settings):
        pass
    copy = await postgres.created(postgres_server, upgraded_postgres)
    for url in (settings.database, copy):
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            for query in filter(str.strip, "".join(QUERIES).split(";")):
                await connection.execute(text(query))
        await engine.dispose()
    await postgres.dropped(postgres_server, copy)
