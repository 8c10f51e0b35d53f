"""An assembly on record ends there, whoever hears of it."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.memory.clock import MemoryClock
from adapters.memory.progress import MemoryProgress
from adapters.memory.tasks import MemoryTaskRepository
from adapters.memory.workspace import MemoryWorkspace
from application.ports.progress import Report
from application.rendering import record
from application.rendering.task_tracking import TrackedTasks
from domain.rendering.assembly import FINAL, State
from domain.shared.errors import AssemblyTimedOut, FFmpegFailed

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
