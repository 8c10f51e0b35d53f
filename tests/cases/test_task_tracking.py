"""An assembly on record ends there, whoever hears of it."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.memory.clock import MemoryClock
from adapters.memory.progress import MemoryProgress
from adapters.memory.tasks import MemoryTaskRepository
from adapters.memory.workspace import MemoryWorkspace
from application.concurrency.resource_meter import current_meter
from application.ports.progress import Report
from application.rendering import record
from application.rendering.attempt import Attempt
from application.rendering.task_tracking import TrackedTasks
from domain.rendering.assembly import FINAL, Assembly, State, Step
from domain.rendering.used_resources import UsedResources
from domain.shared.errors import AssemblyTimedOut, FFmpegFailed, NotReady

pytestmark = pytest.mark.anyio

OWNER = "local"
HANGING = 60.0
"""Seconds after which a call would have hung."""


class Deaf(MemoryProgress):
    """Takes no end in."""

    async def tell(self, report: Report) -> None:
        if report.stage in FINAL:
            await asyncio.Event().wait()
        await super().tell(report)


@pytest.mark.parametrize("limit", [0.01, HANGING])
async def test_an_end_that_is_never_heard_is_on_record_and_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: float
) -> None:
    monkeypatch.setattr(record, "HEARING", 0.01)
    tasks, workspace = MemoryTaskRepository(), MemoryWorkspace(tmp_path)
    on_record = TrackedTasks(tasks, Deaf(), MemoryClock(), workspace, limit)
    over_time = limit < HANGING
    task_id = uuid4()

    async with asyncio.timeout(HANGING):
        with pytest.raises(AssemblyTimedOut if over_time else FFmpegFailed):
            async with on_record(task_id, OWNER):
                if over_time:
                    await asyncio.Event().wait()
                raise FFmpegFailed

    ended = await tasks.get(task_id)
    assert ended.state is State.FAILED
    assert ended.failure is not None
    assert ended.failure.code == ("assembly-timed-out" if over_time else "ffmpeg-failed")
    assert workspace.open == set()


def spend(seconds: float, memory: int) -> None:
    """Do as a program does that works for the current task, and ends."""
    meter = current_meter()
    assert meter is not None
    meter.holds("program", memory)
    meter.computed(seconds)
    meter.ended("program")


async def test_the_resources_of_a_failed_task_are_on_record(tmp_path: Path) -> None:
    tasks = MemoryTaskRepository()
    on_record = TrackedTasks(
        tasks, MemoryProgress(), MemoryClock(), MemoryWorkspace(tmp_path), HANGING
    )
    task_id = uuid4()
    with pytest.raises(FFmpegFailed):
        async with on_record(task_id, OWNER) as task:
            spend(1.5, 700)
            await task.take(Step.FETCH, "Fetching")
            assert (await tasks.get(task_id)).used.cpu_seconds == 1.5
            spend(2.0, 500)
            raise FFmpegFailed
    ended = await tasks.get(task_id)
    assert ended.used == UsedResources(cpu_seconds=3.5, peak_memory_bytes=700)
    assert ended.started_at is not None
    assert ended.created_at < ended.started_at < ended.updated_at
    assert current_meter() is None


async def test_a_further_attempt_adds_to_the_resources_of_those_before(tmp_path: Path) -> None:
    tasks = MemoryTaskRepository()
    on_record = TrackedTasks(
        tasks, MemoryProgress(), MemoryClock(), MemoryWorkspace(tmp_path), HANGING
    )
    task_id, now = uuid4(), MemoryClock().now()
    await tasks.add(Assembly(task_id=task_id, owner=OWNER, created_at=now, updated_at=now))
    first, second = Attempt(1, HANGING), Attempt(2, HANGING)
    with pytest.raises(NotReady):
        async with on_record(task_id, OWNER, attempt=first) as task:
            spend(1.0, 300)
            await task.take(Step.FETCH, "Fetching")
            first.abandoned = True
            raise NotReady
    before = await tasks.get(task_id)
    with pytest.raises(FFmpegFailed):
        async with on_record(task_id, OWNER, attempt=second) as task:
            spend(2.0, 200)
            await task.take(Step.FETCH, "Fetching")
            raise FFmpegFailed
    ended = await tasks.get(task_id)
    assert ended.used == UsedResources(cpu_seconds=3.0, peak_memory_bytes=300)
    assert ended.started_at == before.started_at


async def test_tasks_at_once_do_not_count_for_each_other(tmp_path: Path) -> None:
    tasks = MemoryTaskRepository()
    on_record = TrackedTasks(
        tasks, MemoryProgress(), MemoryClock(), MemoryWorkspace(tmp_path), HANGING
    )
    ids = [uuid4() for _ in range(3)]

    async def work(number: int) -> None:
        async with on_record(ids[number], OWNER) as task:
            await asyncio.sleep(0)
            spend(float(number), 100 * number)
            await task.take(Step.FETCH, "Fetching")

    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(work(number))
    for number, task_id in enumerate(ids):
        used = (await tasks.get(task_id)).used
        assert used == UsedResources(cpu_seconds=number, peak_memory_bytes=100 * number)
