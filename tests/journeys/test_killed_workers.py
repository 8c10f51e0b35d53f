"""Three workers on Postgres that are killed at random and replaced: each film is made once."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Generator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from domain.jobs.job import MAX_DEATHS, Job, JobState
from entrypoints.bootstrap import open_ports
from entrypoints.ports import Ports
from tests.journeys.server import STARTED, serving, until
from tests.journeys.settled import expect_one_end
from tests.journeys.wanted_films import WantedFilm, beside
from tests.journeys.worker_processes import Service, Worker, own_database

pytestmark = pytest.mark.anyio

LONG: Final = bool(os.environ.get("BACHATA_TEST_LONG"))
FILMS: Final = 60 if LONG else 12
KILLS: Final = 10_000 if LONG else 3
"""Maximum number of killed workers."""
WORKERS: Final = 3
PAUSES: Final = (3.0, 8.0)
"""Seconds between two kills."""
TAKEN_OVER: Final = 30.0
"""Seconds in which the job of a killed worker is given to another one."""


@pytest.fixture(scope="module")
def database() -> Generator[str]:
    with own_database() as url:
        yield url


class Killer:
    """Kills a worker at random again and again, and starts another at once."""

    def __init__(self, chance: random.Random, service: Service, ports: Ports) -> None:
        self._chance = chance
        self._service = service
        self._jobs = ports.jobs
        self._number = 0
        self.workers: list[Worker] = []
        self.all: list[Worker] = []
        self.killed: dict[Worker, float] = {}

    def start(self) -> Worker:
        """Start one more worker."""
        self._number += 1
        more = {"BACHATA_MAX_RUNNING": "1"}
        name = f"worker-{self._number}"
        worker = Worker(self._service.data, name, {**self._service.environment, **more})
        self.workers.append(worker)
        self.all.append(worker)
        return worker

    async def run(self, jobs: list[UUID]) -> None:
        """Kill until cancelled, or until there were enough."""
        while len(self.killed) < KILLS:
            await asyncio.sleep(self._chance.uniform(*PAUSES))
            victim = self._chance.choice(self.workers)
            # It can take no job while the records are read.
            victim.process.send_signal(signal.SIGSTOP)
            try:
                records = [await self._jobs.get(job_id) for job_id in jobs]
            finally:
                victim.process.send_signal(signal.SIGCONT)
            if any(each.state is JobState.RUNNING and _is_doomed(each) for each in records):
                # It is right that one more death would end this job.
                continue
            victim.kill()
            self.killed[victim] = time.monotonic()
            self.workers.remove(victim)
            self.start()


def _is_doomed(job: Job) -> bool:
    return job.deaths + 1 >= MAX_DEATHS


class Starts:
    """Looks when each attempt of each job was first seen to run, and to wait for the next."""

    def __init__(self, ports: Ports, jobs: list[UUID]) -> None:
        self._ports = ports
        self._jobs = jobs
        self._seen: dict[tuple[UUID, int, bool], float] = {}

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            for job_id in self._jobs:
                job = await self._ports.jobs.get(job_id)
                waits = job.state is JobState.QUEUED
                self._seen.setdefault((job_id, job.attempt, waits), time.monotonic())
            await asyncio.sleep(0.1)

    def takeovers(self, killer: Killer) -> tuple[list[float], list[float]]:
        """Seconds from the death of a worker until each of its jobs waits for another one, and
        until another one has begun, which may have other work before.
        """
        waits: list[float] = []
        begun: list[float] = []
        for worker, at in killer.killed.items():
            started = {
                (UUID(line["task_id"]), line["attempt"])
                for line in worker.lines()
                if "attempt" in line and "task_id" in line
            }
            for job_id, attempt in started:
                later = self._seen.get((job_id, attempt + 1, False))
                if later is not None:
                    # It may have waited between two looks.
                    waits.append(self._seen.get((job_id, attempt, True), later) - at)
                    begun.append(later - at)
        return waits, begun


async def test_films_of_workers_that_are_killed_at_random_are_made_once(
    database: str, tmp_path: Path
) -> None:
    seed = int(os.environ.get("BACHATA_TEST_SEED") or random.SystemRandom().randrange(10_000))
    print(f"BACHATA_TEST_SEED={seed}, load {os.getloadavg()[0]:.1f}")
    service = Service(tmp_path, database)
    await service.furnish(8.0)
    # On a busy machine the last of many films waits longer than a request may by default.
    more = {"BACHATA_MAX_WAITING": "100", "BACHATA_ASSEMBLY_TIMEOUT": "3600"}
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(
            serving(service.data, tmp_path / "log", **service.environment, **more)
        )
        client = await stack.enter_async_context(server.client())
        ports = await stack.enter_async_context(open_ports(service.settings))
        films = [WantedFilm(service.data, number) for number in range(FILMS)]
        ids = [film.task_id for film in films]
        chance = random.Random(seed)  # noqa: S311 - no secret
        killer = Killer(chance, service, ports)
        stack.callback(lambda: [each.kill() for each in killer.all])
        for _ in range(WORKERS):
            killer.start()
        for worker in tuple(killer.workers):
            await until(worker.is_ready, within=STARTED)
        began = time.monotonic()
        made = [asyncio.ensure_future(film.expect_made(client)) for film in films]

        async def are_recorded() -> bool:
            with suppress(Exception):
                return bool([await ports.jobs.get(each) for each in ids])
            return False

        await until(are_recorded, within=STARTED)
        starts = Starts(ports, ids)
        async with beside(killer.run(ids), starts.watch()):
            await asyncio.gather(*made)
        seconds = time.monotonic() - began
        for worker in killer.workers:
            assert await worker.ended(signal.SIGTERM) in (0, -signal.SIGTERM)
        assert await server.ended(signal.SIGTERM) == 0
    assert not any("exception" in line for line in server.lines())
    for worker in killer.all:
        assert not any("exception" in line for line in worker.lines())
    folders = [worker.data for worker in killer.all]
    ends = await expect_one_end(service.data, ids, service.environment, *folders)
    assert {job.state for job in ends.jobs.values()} == {JobState.COMPLETED}
    waits, begun = starts.takeovers(killer)
    print(
        f"{FILMS} films in {seconds:.0f} s, {len(killer.killed)} workers killed, "
        f"{len(waits)} jobs given to others after {span(waits)} s and begun after {span(begun)} s; "
        f"{ends.counted()}; {ends.removed} films of killed attempts removed; "
        f"load {os.getloadavg()[0]:.1f}"
    )
    assert max(waits, default=0.0) < TAKEN_OVER


def span(seconds: list[float]) -> str:
    return f"{min(seconds):.1f} to {max(seconds):.1f}" if seconds else "no"
