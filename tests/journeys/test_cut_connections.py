"""Workers on Postgres: lost connections, a clock that is off, a full disk, a deadly film."""

import asyncio
import importlib.util
import os
import random
import signal
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from domain.jobs.job import JobState
from tests.journeys.server import STARTED, Server, serving, until
from tests.journeys.settled import all_ended, expect_one_end
from tests.journeys.wanted_films import WantedFilm, beside
from tests.journeys.worker_processes import Service, Worker, own_database
from tests.world.small_disk import SmallDisk, small_disk

pytestmark = pytest.mark.anyio

LONG: Final = bool(os.environ.get("BACHATA_TEST_LONG"))
FILMS: Final = 12 if LONG else 4
CUTS: Final = 60 if LONG else 8
PAUSES: Final = (0.2, 1.5)
"""Seconds between two cuts."""
SECONDS: Final = 8.0
SOON: Final = 120.0
"""Seconds after which what is waited for will not happen any more."""
AHEAD: Final = "+3600"
"""Seconds by which a clock is off."""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the file."""
    return "asyncio"


@pytest.fixture(scope="module")
def database() -> Generator[str]:
    with own_database() as url:
        yield url


@pytest.fixture(scope="module")
async def service(database: str, tmp_path_factory: pytest.TempPathFactory) -> Service:
    made = Service(tmp_path_factory.mktemp("service"), database)
    await made.furnish(SECONDS)
    return made


@pytest.fixture(scope="module")
async def server(service: Service) -> AsyncGenerator[Server]:
    """An API process that makes no films itself."""
    async with serving(service.data, service.folder / "log", **service.environment) as started:
        yield started


def wrong_clock() -> dict[str, str]:
    """The environment of a process that the system tells another time."""
    package = importlib.util.find_spec("libfaketime")
    assert package is not None
    assert package.origin is not None
    library = Path(package.origin).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
    if not library.exists():
        pytest.skip("libfaketime has no library for this system.")
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME": AHEAD,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


class Cutter:
    """Cuts every connection to a database, those for notifications included."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url, isolation_level="AUTOCOMMIT", pool_size=1)
        self.cut = 0
        self.connections = 0

    async def run(self, chance: random.Random) -> None:
        """Cut again and again."""
        everybody = text(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        try:
            while self.cut < CUTS:
                await asyncio.sleep(chance.uniform(*PAUSES))
                async with self._engine.connect() as connection:
                    self.connections += (await connection.execute(everybody)).scalar_one()
                self.cut += 1
        finally:
            await self._engine.dispose()


def expect_no_traceback(*processes: Server | Worker) -> None:
    for each in processes:
        assert not [line for line in each.lines() if "exception" in line]


async def test_films_are_made_though_every_connection_to_the_database_is_cut(
    service: Service, server: Server
) -> None:
    seed = int(os.environ.get("BACHATA_TEST_SEED") or random.SystemRandom().randrange(10_000))
    films = [WantedFilm(service.data, number) for number in range(FILMS)]
    async with service.workers("first", "second") as pair, server.client() as client:
        cutter = Cutter(service.database)
        async with beside(cutter.run(random.Random(seed))):  # noqa: S311 - no secret
            repeated = await asyncio.gather(*(film.expect_made(client) for film in films))
        ids = [film.task_id for film in films]
        await all_ended(service.data, ids, service.environment)
        for worker in pair:
            assert await worker.ended(signal.SIGTERM) == 0
    expect_no_traceback(server, *pair)
    folders = [worker.data for worker in pair]
    ends = await expect_one_end(service.data, ids, service.environment, *folders)
    assert {job.state for job in ends.jobs.values()} == {JobState.COMPLETED}
    print(
        f"seed {seed}: {cutter.connections} connections cut in {cutter.cut} times, "
        f"{sum(repeated)} requests repeated; {ends.counted()}; load {os.getloadavg()[0]:.1f}"
    )


async def test_a_worker_whose_clock_is_off_by_an_hour_makes_films_as_the_others_do(
    service: Service, server: Server
) -> None:
    films = [WantedFilm(service.data, 20 + number, small=True) for number in range(4)]
    off = wrong_clock()
    async with AsyncExitStack() as stack:
        [right] = await stack.enter_async_context(service.workers("right"))
        [wrong] = await stack.enter_async_context(service.workers("wrong", **off))
        client = await stack.enter_async_context(server.client())
        await asyncio.gather(*(film.expect_made(client) for film in films))
        for worker in (right, wrong):
            assert await worker.ended(signal.SIGTERM) == 0
        assert wrong.lines()[-1]["timestamp"] > right.lines()[-1]["timestamp"]
    expect_no_traceback(server, right, wrong)
    ids = [film.task_id for film in films]
    ends = await expect_one_end(service.data, ids, service.environment, right.data, wrong.data)
    assert {(job.state, job.attempt) for job in ends.jobs.values()} == {(JobState.COMPLETED, 1)}
    made = [each["task_id"] for each in wrong.lines() if each.get("stage") == "completed"]
    print(f"{len(made)} of {len(films)} films by a worker {AHEAD} s off; {ends.counted()}")


@contextmanager
def on_a_small_disk(service: Service, folder: Path) -> Generator[tuple[SmallDisk, Path]]:
    """A data folder whose media are the common ones, and all else of which is on a small disk."""
    with small_disk(30_000_000) as disk:
        data = folder / "data"
        data.mkdir()
        (data / "media").symlink_to(service.data / "media")
        for name in ("work", "cache"):
            (disk.root / name).mkdir()
            (data / name).symlink_to(disk.root / name)
        yield disk, data


async def test_a_worker_whose_disk_is_full_fails_its_film_by_name_and_goes_on(
    service: Service, server: Server, tmp_path: Path
) -> None:
    films = [WantedFilm(service.data, 40 + number) for number in range(2)]
    with on_a_small_disk(service, tmp_path) as (disk, data):
        worker = Worker(data, "small", service.environment)
        try:
            await until(worker.is_ready, within=STARTED)
            disk.fill()
            async with server.client() as client:
                answer = await films[0].asked(client)
                assert (answer.status_code, answer.json()["code"]) == (507, "disk-full")
                assert str(disk.root) not in answer.text
                disk.make_room()
                await films[1].expect_made(client)
            assert await worker.ended(signal.SIGTERM) == 0
        finally:
            worker.kill()
        for folder in (data / "work", data / "cache" / "making"):
            assert list(folder.glob("*")) == []
    expect_no_traceback(server, worker)
    ids = [film.task_id for film in films]
    ends = await expect_one_end(service.data, ids, service.environment)
    states = [ends.jobs[each].state for each in ids]
    assert states == [JobState.FAILED, JobState.COMPLETED]


@pytest.mark.skipif(not LONG, reason="takes a minute: BACHATA_TEST_LONG=1")
async def test_a_film_that_kills_three_workers_is_poisoned_and_the_others_are_made(
    service: Service, server: Server, tmp_path: Path
) -> None:
    deadly, *others = [WantedFilm(service.data, 60 + number) for number in range(4)]
    (tmp_path / str(deadly.task_id)).touch()
    command = (sys.executable, "-m", "tests.world.dying_worker", str(tmp_path))
    dead: list[Worker] = []

    async def replace_the_dead() -> None:
        worker: Worker | None = None
        try:
            while True:
                if worker is not None and worker.process.poll() is not None:
                    dead.append(worker)
                    worker = None
                if worker is None:
                    more = {**service.environment, "BACHATA_MAX_RUNNING": "1"}
                    worker = Worker(service.data, f"deadly-{len(dead)}", more, command)
                await asyncio.sleep(0.1)
        finally:
            if worker is not None:
                worker.kill()

    async with server.client() as client, beside(replace_the_dead()):
        asking = asyncio.ensure_future(deadly.asked(client))
        await asyncio.gather(*(film.expect_made(client) for film in others))
        answer = await asking
    assert (answer.status_code, answer.json()["code"]) == (500, "poisoned"), answer.text
    assert answer.json()["stage"] == "concatenating"
    assert [worker.process.returncode for worker in dead] == [-signal.SIGKILL] * 3
    ids = [film.task_id for film in (deadly, *others)]
    folders = [worker.data for worker in dead]
    ends = await expect_one_end(service.data, ids, service.environment, *folders)
    states = [ends.jobs[each].state for each in ids]
    assert states == [JobState.FAILED, *[JobState.COMPLETED] * 3]
    print(f"poisoned after {len(dead)} workers: {answer.json()['detail']}")
