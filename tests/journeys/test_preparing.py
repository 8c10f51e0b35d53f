"""Two workers prepare a library, and one of them is killed."""

import asyncio
import json
import signal
from collections.abc import Generator
from pathlib import Path
from uuid import UUID

import pytest

from domain.jobs.fan_out import join_id
from domain.jobs.job import JobKind, JobState
from entrypoints.bootstrap import open_ports
from entrypoints.wiring.wire import wire
from tests.journeys import footage
from tests.journeys.server import serving, until, working
from tests.journeys.test_workers import LIMIT, TAKEN_OVER
from tests.journeys.worker_processes import Service, own_database

pytestmark = pytest.mark.anyio

PREPARE = "/api/library/prepare"
CLIPS = 3


@pytest.fixture
def database() -> Generator[str]:
    with own_database() as url:
        yield url


@pytest.fixture
async def service(tmp_path: Path, database: str) -> Service:
    """A library of clips that nobody has encoded."""
    service = Service(tmp_path, database)
    service.environment["BACHATA_WARM"] = "off"
    await service.make_tables()
    async with open_ports(service.settings) as ports:
        use_cases = wire(ports, service.settings)
        for number in range(CLIPS):
            clip = tmp_path / f"{number}.mp4"
            footage.noisy_film(clip, 3, 320, 180)
            await use_cases.add_move(clip, footage.move(number, "basic"), ready=False)
    return service


async def test_a_library_is_prepared_once_though_a_worker_is_killed(
    service: Service, tmp_path: Path
) -> None:
    async with (
        serving(service.data, tmp_path / "log", **service.environment) as server,
        service.workers("first", "second") as pair,
        server.client() as client,
    ):
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
    async with open_ports(service.settings) as ports:
        parent = UUID(preparation["job_id"])
        family = await ports.jobs.children(parent)
        assert {each.state for each in family} == {JobState.COMPLETED}
        assert max(each.attempt for each in family) == 2
        joins = [each for each in family if each.kind is JobKind.JOIN_LIBRARY]
        assert [each.job_id for each in joins] == [join_id(parent)]
        assert len(family) == CLIPS + 1
