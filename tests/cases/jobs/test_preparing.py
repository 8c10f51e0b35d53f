"""A library is prepared once, and its report adds up, whenever workers die."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import msgspec
import pytest

from adapters.memory.clock import MemoryClock
from adapters.memory.jobs import MemoryJobRepository
from application.jobs.perform_library import PreparationReport
from application.jobs.run_job import LEASE
from application.library.library_jobs import Preparation
from domain.jobs.fan_out import join_id
from domain.jobs.job import MAX_DEATHS, Job, JobKind, JobState, Lane
from domain.shared.errors import StorageFailed, UnreadableMedia
from domain.shared.paths import LOCAL_USER
from entrypoints.use_cases import UseCases
from entrypoints.wiring.wire import wire
from tests.api.memory_backend import MemoryBackend
from tests.world.faulty import FaultyEncoder

pytestmark = pytest.mark.anyio

DEAD = LEASE + timedelta(seconds=1)
LIMIT = 20.0


class Machines:
    """A library in memory, and processes that prepare it."""

    def __init__(self, root: Path) -> None:
        self.backend = MemoryBackend(root)
        self.clock = MemoryClock()
        self.jobs = MemoryJobRepository(self.backend.tasks, self.clock)
        self.encoder = FaultyEncoder()
        self.backend.ports = replace(
            self.backend.ports, jobs=self.jobs, clips=self.encoder, encoder=self.encoder
        )

    def process(self) -> UseCases:
        return wire(self.backend.ports, self.backend.settings)

    async def submitted(self) -> Job:
        await self.backend.furnish()
        return (await self.process().prepare_library(Preparation(), LOCAL_USER))[0]

    async def dies_in(self, job_id: UUID) -> None:
        """A worker takes a job and is killed; the others notice."""
        assert await self.jobs.claim(job_id) is not None
        self.clock.advance(DEAD)
        recover = self.process().recover_jobs
        await recover()
        await recover()

    async def work(self) -> None:
        """One process does everything that there is."""
        run_job = self.process().run_job
        while await run_job.next_in(Lane.LIBRARY):
            continue

    async def children(self, parent: Job) -> list[Job]:
        family = await self.jobs.children(parent.job_id)
        return [each for each in family if each.kind is JobKind.PREPARE_ITEM]

    async def report(self, parent: Job) -> PreparationReport:
        ended = await self.jobs.get(parent.job_id)
        assert ended.state is JobState.COMPLETED, ended
        report = msgspec.json.decode(ended.result or "", type=PreparationReport)
        children = await self.children(parent)
        told = report.prepared + report.failed + report.removed + report.cancelled
        assert told == report.total == len(children) == ended.children
        assert len(await self.jobs.children(parent.job_id)) == len(children) + 1
        return report


@pytest.fixture
def machines(tmp_path: Path) -> Machines:
    return Machines(tmp_path)


async def test_a_worker_that_dies_in_the_division_leaves_it_to_another(machines: Machines) -> None:
    parent = await machines.submitted()
    await machines.dies_in(parent.job_id)
    await machines.work()
    assert (await machines.report(parent)).failed == 0
    assert (await machines.jobs.get(parent.job_id)).attempt == 2


@pytest.mark.parametrize("last", [False, True])
async def test_a_worker_that_dies_in_a_child_leaves_it_to_another(
    machines: Machines, last: bool
) -> None:
    parent = await machines.submitted()
    run_job = machines.process().run_job
    assert await run_job.next_in(Lane.LIBRARY)
    children = await machines.children(parent)
    for child in children[:-1] if last else ():
        assert await run_job(child.job_id)
    await machines.dies_in(children[-1].job_id)
    await machines.work()
    assert (await machines.report(parent)).failed == 0
    assert (await machines.jobs.get(children[-1].job_id)).attempt == 2


async def test_a_child_that_kills_three_workers_counts_as_failed(machines: Machines) -> None:
    parent = await machines.submitted()
    assert await machines.process().run_job.next_in(Lane.LIBRARY)
    child = (await machines.children(parent))[0]
    for _ in range(MAX_DEATHS):
        await machines.dies_in(child.job_id)
    await machines.work()
    [failure] = (await machines.report(parent)).failures
    assert (failure.item, failure.code) == (child.item, "poisoned")


async def test_workers_that_die_between_the_last_child_and_the_end_of_the_join_change_nothing(
    machines: Machines,
) -> None:
    parent = await machines.submitted()
    run_job = machines.process().run_job
    assert await run_job.next_in(Lane.LIBRARY)
    for child in await machines.children(parent):
        assert await run_job(child.job_id)
    await machines.dies_in(join_id(parent.job_id))
    assert (await machines.jobs.get(parent.job_id)).state is JobState.DIVIDED
    await machines.work()
    await machines.report(parent)
    assert (await machines.jobs.get(join_id(parent.job_id))).attempt == 2


async def test_a_join_that_kills_three_workers_fails_the_preparation(machines: Machines) -> None:
    parent = await machines.submitted()
    run_job = machines.process().run_job
    assert await run_job.next_in(Lane.LIBRARY)
    for child in await machines.children(parent):
        assert await run_job(child.job_id)
    for _ in range(MAX_DEATHS):
        await machines.dies_in(join_id(parent.job_id))
    ended = await machines.jobs.get(parent.job_id)
    assert ended.state is JobState.FAILED
    assert ended.failure is not None
    assert ended.failure.code == "poisoned"


async def test_a_cancelled_preparation_stops_what_runs_and_starts_nothing(
    machines: Machines,
) -> None:
    parent = await machines.submitted()
    here = machines.process()
    assert await here.run_job.next_in(Lane.LIBRARY)
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def normalise(*given: Any) -> Any:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    cast(Any, machines.encoder).normalise = normalise
    move = next(
        each for each in await machines.children(parent) if (each.item or "").startswith("moves/")
    )
    async with asyncio.timeout(LIMIT):
        running = asyncio.ensure_future(here.run_job(move.job_id))
        await begun.wait()
        await here.cancel_preparation(parent.job_id)
        assert await running
    assert stopped.is_set()
    assert not await here.run_job.next_in(Lane.LIBRARY)
    assert (await machines.jobs.get(parent.job_id)).state is JobState.CANCELLED
    states = {each.state for each in await machines.children(parent)}
    assert states == {JobState.CANCELLED}


async def test_a_child_that_is_stopped_with_its_worker_waits_for_another(
    machines: Machines,
) -> None:
    parent = await machines.submitted()
    here = machines.process()
    assert await here.run_job.next_in(Lane.LIBRARY)
    begun = asyncio.Event()
    plain = machines.encoder.normalise

    async def normalise(*given: Any) -> Any:
        begun.set()
        await asyncio.Event().wait()

    cast(Any, machines.encoder).normalise = normalise
    move = next(
        each for each in await machines.children(parent) if (each.item or "").startswith("moves/")
    )
    running = asyncio.ensure_future(here.run_job(move.job_id))
    async with asyncio.timeout(LIMIT):
        await begun.wait()
        running.cancel()
        await asyncio.wait({running})
    assert (await machines.jobs.get(move.job_id)).state is JobState.QUEUED
    cast(Any, machines.encoder).normalise = plain
    await machines.work()
    assert (await machines.report(parent)).failed == 0


async def test_a_clip_that_is_removed_meanwhile_fails_nothing(machines: Machines) -> None:
    parent = await machines.submitted()
    assert await machines.process().run_job.next_in(Lane.LIBRARY)
    await machines.backend.library.moves.remove("move-0")
    await machines.work()
    report = await machines.report(parent)
    assert (report.removed, report.failed) == (1, 0)


@pytest.mark.parametrize("error", [UnreadableMedia("It is damaged."), ValueError("odd")])
async def test_a_clip_that_fails_is_named_and_stops_no_other(
    machines: Machines, error: Exception
) -> None:
    parent = await machines.submitted()
    move = await machines.backend.library.moves.get("move-0")
    machines.encoder.faults[move.video_path] = error
    await machines.work()
    report = await machines.report(parent)
    assert [each.item for each in report.failures] == ["moves/move-0"]
    assert report.prepared == report.total - 1


async def test_without_a_storage_every_clip_fails_and_none_is_to_blame(machines: Machines) -> None:
    parent = await machines.submitted()

    async def away() -> str:
        raise StorageFailed("There is no media storage.")

    machines.backend.storage.ready = away
    machines.encoder.faults["clips/"] = StorageFailed("There is no media storage.")
    await machines.work()
    report = await machines.report(parent)
    assert {each.code for each in report.failures} == {"storage-failed"}
    moves = await machines.backend.library.moves.find_many(("move-0", "move-1"))
    assert [each.unusable for each in moves] == [None, None]


async def test_an_empty_library_is_ready(machines: Machines) -> None:
    parent, _ = await machines.process().prepare_library(Preparation(), LOCAL_USER)
    await machines.work()
    assert (await machines.report(parent)).total == 0
