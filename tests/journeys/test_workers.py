"""One API process and two workers on Postgres: films are made, even if a worker is killed."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from anyio import to_thread

from domain.jobs.job import JobState
from domain.rendering.assembly import State
from domain.shared.paths import film as film_path
from entrypoints.bootstrap import open_ports
from entrypoints.environment import from_environment
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire
from tests.contracts import postgres
from tests.journeys import footage
from tests.journeys.server import COMMAND, STARTED, Server, environment_of, serving, until, working

pytestmark = pytest.mark.anyio

GENERATE = "/api/choreography/generate"
ASSEMBLE = "/api/choreography/assemble"
SECONDS = 8.0
TAKEN_OVER = 30.0
"""Seconds in which another worker has taken over the job of a killed one."""
LIMIT = 180.0
"""Seconds in which a film is made on a busy machine, twice."""
NOISE = "move-9"


class Worker:
    """A worker process; its address of the common data folder is its own."""

    def __init__(self, data: Path, name: str, environment: dict[str, str]) -> None:
        self.data = data.with_name(f"{name}-{uuid4().hex}")
        self.data.symlink_to(data)
        self._log = self.data.with_suffix(".log")
        with self._log.open("wb") as stderr:
            self.process = subprocess.Popen(
                [COMMAND, "worker"],
                env=environment_of(self.data, environment),
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
            )

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def has_said(self, event: str) -> bool:
        return any(line["event"] == event for line in self.lines())

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self._log.read_text()
        return self.has_said("the worker is ready")

    async def ended(self, by: signal.Signals) -> int:
        self.process.send_signal(by)
        await until(lambda: self.process.poll() is not None, within=STARTED)
        return self.process.returncode


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the file."""
    return "asyncio"


@pytest.fixture(scope="module")
def database() -> Generator[str]:
    with postgres.own_server() as server, postgres.database(server.url) as url:
        yield url


@pytest.fixture(scope="module")
async def service(
    database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[tuple[Server, dict[str, str]]]:
    """An API process that makes no films itself, and the settings that workers share with it."""
    folder = tmp_path_factory.mktemp("service")
    data = folder / f"data-{uuid4().hex}"
    environment = {"BACHATA_DATABASE_URL": database, "BACHATA_JOBS": "pgqueuer"}
    ran = partial(
        subprocess.run,
        [COMMAND, "db", "upgrade"],
        env=environment_of(data, environment),
        check=True,
        capture_output=True,
        text=True,
    )
    assert "The tables of PgQueuer are now up to date." in (await to_thread.run_sync(ran)).stderr
    small, noisy, sound = (folder / name for name in ("small.mp4", "noisy.mp4", "song.wav"))
    footage.noisy_film(small, SECONDS, 160, 90)
    footage.noisy_film(noisy, 6, 320, 180)
    footage.song_of(sound, SECONDS)
    settings = settings_of(data, environment)
    async with open_ports(settings) as ports:
        use_cases = wire(ports, settings)
        await use_cases.add_song(sound, *footage.song(SECONDS))
        for number, label in enumerate(("intros", "basic", "outro")):
            await use_cases.add_move(small, footage.move(number, label), ready=False)
        await use_cases.add_move(noisy, footage.move(9, "noise"), ready=False)
    async with serving(data, folder / "log", **environment) as server:
        yield server, environment


def settings_of(data: Path, environment: dict[str, str]) -> Settings:
    return from_environment({**environment, "BACHATA_DATA_DIR": str(data)})


@asynccontextmanager
async def workers(
    service: tuple[Server, dict[str, str]], *names: str, **more: str
) -> AsyncGenerator[list[Worker]]:
    server, environment = service
    started = [Worker(server.data, name, {**environment, **more}) for name in names]
    try:
        for each in started:
            await until(each.is_ready, within=STARTED)
        yield started
    finally:
        for each in started:
            each.process.kill()
            each.process.wait()


async def song(client: httpx.AsyncClient) -> dict[str, Any]:
    return (await client.get("/api/songs")).json()["items"][0]


async def long_blueprint(client: httpx.AsyncClient) -> dict[str, Any]:
    """A Blueprint that takes a while to assemble."""
    moves = (await client.get("/api/moves")).json()["items"]
    [noise] = [move["video_path"] for move in moves if move["id"] == NOISE]
    task_id = uuid4()
    return {
        "task_id": str(task_id),
        "audio_path": (await song(client))["audio_path"],
        "moves": [{"video_path": noise, "start_time": 0, "duration": 5.0, "trim_start": 0.4}],
        "output_config": {
            "output_path": film_path("local", task_id),
            "frame_rate": 60,
            # Of every bitrate a clip is encoded for itself.
            "video_bitrate": f"{2000 + task_id.int % 997}k",
        },
    }


def films(data: Path, task_id: str) -> list[Path]:
    """Every stored file of a task, of whatever attempt."""
    return [each for each in (data / "media" / "output").rglob(f"*{task_id}*") if each.is_file()]


async def test_a_worker_that_the_settings_leave_nothing_to_do_says_what_to_set(
    tmp_path: Path,
) -> None:
    ran = partial(
        subprocess.run,
        [COMMAND, "worker"],
        env=environment_of(tmp_path, {}),
        capture_output=True,
        text=True,
        timeout=STARTED,
    )
    answer = await to_thread.run_sync(ran)
    said = " ".join(answer.stderr.split())
    assert answer.returncode == 1
    assert "BACHATA_JOBS=pgqueuer" in said
    assert "bachata-buddy db upgrade" in said


async def test_films_are_made_by_workers_and_answered_by_the_server(
    service: tuple[Server, dict[str, str]],
) -> None:
    server, _ = service
    async with workers(service, "first", "second"), server.client() as client:
        song_id = (await song(client))["id"]
        asked = (client.post(GENERATE, json={"song_id": song_id}) for _ in range(4))
        answers = await asyncio.gather(*asked)
        assert [answer.status_code for answer in answers] == [200] * 4
        for answer in answers:
            film = answer.json()
            assert (await client.get(film["video_url"])).status_code == 200
            assert len(films(server.data, film["task_id"])) == 1
    # The server itself has started no FFmpeg.
    assert working(server.data) == []


async def test_the_job_of_a_killed_worker_is_done_by_the_other(
    service: tuple[Server, dict[str, str]],
) -> None:
    server, environment = service
    async with workers(service, "first", "second") as pair, server.client() as client:
        blueprint = await long_blueprint(client)
        asking = asyncio.ensure_future(client.post(ASSEMBLE, json=blueprint, timeout=LIMIT))
        busy: list[Worker] = []

        def found() -> bool:
            busy[:] = [each for each in pair if working(each.data)]
            return bool(busy) or asking.done()

        await until(found, within=30)
        assert not asking.done(), (await asking).text
        [killed] = busy
        [other] = [each for each in pair if each is not killed]
        assert await killed.ended(signal.SIGKILL) == -signal.SIGKILL
        await until(lambda: bool(working(other.data)) or asking.done(), within=TAKEN_OVER)
        answer = await asking
        assert answer.status_code == 200, answer.text
        assert (await client.get(answer.json()["video_url"])).status_code == 200
    [film] = films(server.data, blueprint["task_id"])
    assert film.suffix == ".mp4"
    async with open_ports(settings_of(server.data, environment)) as ports:
        job = await ports.jobs.get(UUID(blueprint["task_id"]))
        assert (job.state, job.attempt) == (JobState.COMPLETED, 2)
        assert (await ports.tasks.get(job.job_id)).state is State.COMPLETED


async def test_a_worker_that_is_told_to_stop_finishes_its_film(
    service: tuple[Server, dict[str, str]],
) -> None:
    server, _ = service
    async with AsyncExitStack() as stack:
        patient = workers(service, "patient", BACHATA_STOP_SECONDS="60")
        [worker] = await stack.enter_async_context(patient)
        client = await stack.enter_async_context(server.client())
        blueprint = await long_blueprint(client)
        asking = asyncio.ensure_future(client.post(ASSEMBLE, json=blueprint, timeout=LIMIT))
        await until(lambda: asking.done() or bool(working(worker.data)), within=30)
        assert not asking.done(), (await asking).text
        assert await worker.ended(signal.SIGTERM) == 0
        assert (await asking).status_code == 200
    assert worker.has_said("the worker has ended")
    assert not any("exception" in line for line in worker.lines())


@pytest.mark.skipif(
    not os.environ.get("BACHATA_TEST_LONG"), reason="takes 20 seconds: BACHATA_TEST_LONG=1"
)
async def test_a_worker_that_may_not_finish_hands_its_film_back(
    service: tuple[Server, dict[str, str]],
) -> None:
    server, environment = service
    async with AsyncExitStack() as stack:
        hurried = workers(service, "hurried", BACHATA_STOP_SECONDS="6")
        [first] = await stack.enter_async_context(hurried)
        client = await stack.enter_async_context(server.client())
        blueprint = await long_blueprint(client)
        asking = asyncio.ensure_future(client.post(ASSEMBLE, json=blueprint, timeout=LIMIT))
        await until(lambda: asking.done() or bool(working(first.data)), within=30)
        assert not asking.done(), (await asking).text
        assert await first.ended(signal.SIGTERM) == 0
        assert working(first.data) == []
        await stack.enter_async_context(workers(service, "second"))
        assert (await asking).status_code == 200
        async with open_ports(settings_of(server.data, environment)) as ports:
            job = await ports.jobs.get(UUID(blueprint["task_id"]))
        assert (job.state, job.attempt) == (JobState.COMPLETED, 2)
    assert first.has_said("jobs are handed back, because they do not end in time")
