"""One API process and two workers on Postgres: films are made, even if a worker is killed."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack
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
from tests.journeys.server import COMMAND, STARTED, Server, environment_of, serving, until, working
from tests.journeys.worker_processes import Service, Worker, own_database
from tests.world.receiver import Receiver

pytestmark = pytest.mark.anyio

GENERATE = "/api/choreography/generate"
ASSEMBLE = "/api/choreography/assemble"
SECONDS = 8.0
TAKEN_OVER = 30.0
"""Seconds in which another worker has taken over the job of a killed one."""
LIMIT = 180.0
"""Seconds in which a film is made on a busy machine, twice."""
NOISE = "move-1"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the file."""
    return "asyncio"


@pytest.fixture(scope="module")
def database() -> Generator[str]:
    with own_database() as url:
        yield url


@pytest.fixture(scope="module")
async def service(
    database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[tuple[Server, Service]]:
    """An API process that makes no films itself, and what it shares with workers."""
    made = Service(tmp_path_factory.mktemp("service"), database)
    await made.furnish(SECONDS)
    made.environment["BACHATA_WEBHOOKS_TO_LOOPBACK"] = "on"
    async with serving(made.data, made.folder / "log", **made.environment) as server:
        yield server, made


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


def assert_followed(task_id: str, request_id: str, workers: list[Worker]) -> None:
    """Find the work on a film in the logs of workers by the id of its request."""
    of_request = [
        line for each in workers for line in each.lines() if line.get("request_id") == request_id
    ]
    assert {line["task_id"] for line in of_request} == {task_id}
    stages = [line["stage"] for line in of_request if line["event"] == "stage"]
    assert stages[0] == "planning"
    assert stages[-1] == "completed"
    assert all(line["previous_ms"] >= 0 for line in of_request if "previous" in line)
    [made] = [line for line in of_request if line["logger"] == "bachata.usecase"]
    assert (made["use_case"], made["outcome"]) == ("generate", "done")
    assert made["duration_ms"] > 0


async def test_films_are_made_by_workers_and_answered_by_the_server(
    service: tuple[Server, Service],
) -> None:
    server, made = service
    async with made.workers("first", "second") as pair, server.client() as client:
        song_id = (await song(client))["id"]
        asked = (client.post(GENERATE, json={"song_id": song_id}) for _ in range(4))
        answers = await asyncio.gather(*asked)
        assert [answer.status_code for answer in answers] == [200] * 4
        for answer in answers:
            film = answer.json()
            assert (await client.get(film["video_url"])).status_code == 200
            assert len(films(server.data, film["task_id"])) == 1
            assert_followed(film["task_id"], answer.headers["x-request-id"], pair)
        places = [str(each.data) for each in (server, *pair)]
        written = json.dumps([each.lines() for each in (server, *pair)])
        assert not any(place in written for place in places)
    # The server itself has started no FFmpeg.
    assert working(server.data) == []


async def test_workers_tell_a_webhook_of_each_film_once(
    service: tuple[Server, Service],
) -> None:
    server, made = service
    async with (
        Receiver().opened() as receiver,
        server.client() as client,
        made.workers("first", "second"),
    ):
        issued = (await client.post("/api/webhooks", json={"url": receiver.url()})).json()
        song_id = (await song(client))["id"]
        request = {"song_id": song_id, "metadata": {"a": 1.0}}
        answers = await asyncio.gather(*(client.post(GENERATE, json=request) for _ in range(4)))
        await receiver.until(4)
        path = f"/api/webhooks/{issued['webhook']['id']}"

        async def is_settled() -> bool:
            found = (await client.get(f"{path}/deliveries")).json()["items"]
            return [(each["state"], each["tries"]) for each in found] == [("delivered", 1)] * 4

        await until(is_settled, within=LIMIT)
        assert (await client.delete(path)).status_code == 204
    told = [each.verified(issued["secret"])["data"] for each in receiver.received]
    assert sorted(map(json.dumps, told)) == sorted(json.dumps(each.json()) for each in answers)


async def test_the_job_of_a_killed_worker_is_done_by_the_other(
    service: tuple[Server, Service],
) -> None:
    server, made = service
    async with made.workers("first", "second") as pair, server.client() as client:
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
    async with open_ports(made.settings) as ports:
        job = await ports.jobs.get(UUID(blueprint["task_id"]))
        assert (job.state, job.attempt) == (JobState.COMPLETED, 2)
        assert (await ports.tasks.get(job.job_id)).state is State.COMPLETED


async def test_a_worker_that_is_told_to_stop_finishes_its_film(
    service: tuple[Server, Service],
) -> None:
    server, made = service
    async with AsyncExitStack() as stack:
        patient = made.workers("patient", BACHATA_STOP_SECONDS="60")
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
    service: tuple[Server, Service],
) -> None:
    server, made = service
    async with AsyncExitStack() as stack:
        hurried = made.workers("hurried", BACHATA_STOP_SECONDS="6")
        [first] = await stack.enter_async_context(hurried)
        client = await stack.enter_async_context(server.client())
        blueprint = await long_blueprint(client)
        asking = asyncio.ensure_future(client.post(ASSEMBLE, json=blueprint, timeout=LIMIT))
        await until(lambda: asking.done() or bool(working(first.data)), within=30)
        assert not asking.done(), (await asking).text
        assert await first.ended(signal.SIGTERM) == 0
        assert working(first.data) == []
        await stack.enter_async_context(made.workers("second"))
        assert (await asking).status_code == 200
        async with open_ports(made.settings) as ports:
            job = await ports.jobs.get(UUID(blueprint["task_id"]))
        assert (job.state, job.attempt) == (JobState.COMPLETED, 2)
    assert first.has_said("jobs are handed back, because they do not end in time")
