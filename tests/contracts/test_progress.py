"""The contract of every Progress."""

import logging
from uuid import UUID

import pytest
import structlog

from adapters.memory.progress import MemoryProgress
from adapters.progress.logs import LogProgress
from adapters.progress.several import SeveralProgress
from application.ports.progress import Progress, Report
from domain.rendering.assembly import PROGRESS, State

pytestmark = pytest.mark.anyio


def report(stage: State, done: int = 0, of: int = 0) -> Report:
    return Report(
        task_id=UUID(int=1),
        stage=stage,
        progress=PROGRESS[stage],
        message="Cutting",
        done=done,
        of=of,
    )


@pytest.fixture(params=["memory", "logs", "several", "nobody"])
def progress(request: pytest.FixtureRequest) -> Progress:
    return {
        "memory": MemoryProgress(),
        "logs": LogProgress(),
        "several": SeveralProgress(MemoryProgress(), LogProgress()),
        "nobody": SeveralProgress(),
    }[request.param]


async def test_every_report_is_taken_in_any_order_and_number(progress: Progress) -> None:
    for stage in [*PROGRESS, *PROGRESS, State.PENDING]:
        for done in range(3):
            await progress.tell(report(stage, done, 2))


async def test_every_listener_hears_everything_in_order() -> None:
    one, other = MemoryProgress(), MemoryProgress()
    reports = [report(stage) for stage in PROGRESS]
    for each in reports:
        await SeveralProgress(one, other).tell(each)
    assert one.reports == other.reports == reports


async def test_a_stage_is_logged_once_with_its_task() -> None:
    with structlog.testing.capture_logs() as lines:
        progress = LogProgress()
        for done in range(3):
            await progress.tell(report(State.FETCHING, done, 2))
        await progress.tell(report(State.CONCATENATING))
    assert [line["stage"] for line in lines] == ["fetching", "concatenating"]
    assert {line["task_id"] for line in lines} == {str(UUID(int=1))}
    first, second = lines
    assert "previous" not in first
    assert second["previous"] == "fetching"
    assert second["previous_ms"] >= 0
    assert {line["log_level"] for line in lines} == {logging.getLevelName(logging.INFO).lower()}
