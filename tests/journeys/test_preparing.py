"""Two workers prepare a library, and one of them is killed."""

import asyncio
import json
import signal
import subprocess
from collections.abc import AsyncGenerator, Generator
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from anyio import to_thread

from domain.jobs.fan_out import join_id
from domain.jobs.job import JobKind, JobState
from entrypoints.bootstrap import open_ports
from entrypoints.wiring.wire import wire
from tests.contracts import postgres
from tests.journeys import footage
from tests.journeys.server import COMMAND, Server, environment_of, serving, until, working
from tests.journeys.test_workers import LIMIT, TAKEN_OVER, settings_of, workers

pytestmark = pytest.mark.anyio

PREPARE = "/api/library/prepare"
CLIPS = 3


@pytest.fixture
def database() -> Generator[str]:
    with postgres.own_server() as server, postgres.database(server.url) as url:
        yield url


@pytest.fixture
async def service(database: str, tmp_path: Path) -> AsyncGenerator[tuple[Server, dict[str, str]]]:
    """An API process without workers, and a library of clips that nobody has encoded."""
    data = tmp_path / f"data-{uuid4().hex}"
    environment = {
        "BACHATA_DATABASE_URL": database,
        "BACHATA_JOBS": "pgqueuer",
        "BACHATA_WARM": "off",
    }
    upgrade = partial(
        subprocess.run,
        [COMMAND, "db", "upgrade"],
        env=environment_of(data, environment),
        check=True,
        capture_output=True,
    )
    await to_thread.run_sync(upgrade)
    settings = settings_of(data, environment)
    async with open_ports(settings) as ports:
        use_cases = wire(ports, settings)
        for number in range(CLIPS):
            clip = tmp_path / f"{number}.mp4"
            footage.noisy_film(clip, 3, 320, 180)
            await use_cases.add_move(clip, footage.move(number, "basic"), ready=False)
    async with serving(data, tmp_path / "log", **environment) as server:
        yield server, environment


async def test_a_library_is_prepared_once_though_a_worker_is_killed(
    service: tuple[Server, dict[str, str]],
) -> None:
    server, environment = service
    async with workers(service, "first", "second") as pair, server.client() as client:
        preparation = (await client.post(PREPARE, json={"analyse": False})).json()
        assert (await client.post(PREPARE, json={"analyse": False})).json()["job_id"] == (
            preparation["job_id"]
        )
        watching = asyncio.ensure_future(client.get(preparation["events_url"], timeout=LIMIT))
        busy = [each for each in pair if working(each.data)]
        while not busy:
            assert not watching.done(), (await watching).text
            await until(lambda: any(working(each.data) for each in pair), within=LIMIT)
            busy = [each for each in pair if working(each.data)]
        assert await busy[0].ended(signal.SIGKILL) == -signal.SIGKILL
        await until(lambda: not working(busy[0].data), within=TAKEN_OVER)
        text = (await watching).text
    assert "event: result" in text
    report = json.loads(text.split("data: ")[-1])
    assert (report["total"], report["prepared"], report["failures"]) == (CLIPS, CLIPS, [])
    # The server itself has started no FFmpeg.
    assert working(server.data) == []
    async with open_ports(settings_of(server.data, environment)) as ports:
        parent = UUID(preparation["job_id"])
        family = await ports.jobs.children(parent)
        assert {each.state for each in family} == {JobState.COMPLETED}
        assert max(each.attempt for each in family) == 2
        joins = [each for each in family if each.kind is JobKind.JOIN_LIBRARY]
        assert [each.job_id for each in joins] == [join_id(parent)]
        assert len(family) == CLIPS + 1
