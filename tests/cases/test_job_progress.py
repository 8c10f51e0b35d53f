"""Reports of the pipeline become events of jobs: few, in order, and never backwards."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.job_events import MemoryJobEvents
from application.jobs.job_progress import JobProgressEvents
from application.jobs.run_job import last_event
from application.ports.job_events import JobEvent
from application.ports.progress import Report
from domain.jobs.errors import Poisoned
from domain.jobs.job import Job, JobKind
from domain.jobs.outcome import recorded
from domain.rendering.assembly import PROGRESS, State

pytestmark = pytest.mark.anyio

JOB = UUID(int=1)
NOW = datetime(2024, 2, 29, tzinfo=UTC)
WORKING = [State.PLANNING, State.FETCHING, State.CONCATENATING, State.ADDING_AUDIO]


class Recorder(MemoryJobEvents):
    """Events in memory that also keeps a list of all that were published."""

    def __init__(self) -> None:
        super().__init__()
        self.published: list[JobEvent] = []

    async def publish(self, event: JobEvent) -> None:
        self.published.append(event)
        await super().publish(event)


def report(
    stage: State, done: int = 0, of: int = 0, attempt: int = 1, progress: int | None = None
) -> Report:
    return Report(
        task_id=JOB,
        stage=stage,
        progress=PROGRESS[stage] if progress is None else progress,
        message=f"Doing {stage}",
        done=done,
        of=of,
        attempt=attempt,
    )


async def told(*reports: Report, seconds: float = 0.0) -> list[JobEvent]:
    """Return what is published of reports that come at an interval."""
    events, at = Recorder(), 0.0
    progress = JobProgressEvents(events, lambda: at)
    for each in reports:
        at += seconds
        await progress.tell(each)
    return events.published


async def test_every_stage_is_told_before_its_work() -> None:
    stages = [*WORKING, State.UPLOADING, State.CLEANUP]
    events = await told(*map(report, stages))
    assert [(each.stage, each.progress) for each in events] == [
        (state, PROGRESS[state]) for state in stages
    ]
    assert [each.id for each in events] == [1_000_001 + n for n in range(len(stages))]
    assert {each.message for each in events} == {f"Doing {state}" for state in stages}


async def test_the_end_is_told_by_whoever_records_it() -> None:
    assert [each.stage for each in await told(report(State.CLEANUP), report(State.COMPLETED))] == [
        "cleanup"
    ]


async def test_hundreds_of_pieces_are_few_events() -> None:
    cutting = [report(State.CONCATENATING, done, 1000) for done in range(1001)]
    events = await told(*cutting, seconds=0.001)
    assert [each.progress for each in events] == list(range(50, 71))


async def test_a_second_attempt_begins_where_the_record_is() -> None:
    first = [report(State.FETCHING), report(State.CONCATENATING)]
    again = [
        report(state, attempt=2, progress=50) for state in (State.PLANNING, State.CONCATENATING)
    ]
    events = await told(
        *first, *again, report(State.ADDING_AUDIO), report(State.ADDING_AUDIO, 0, 0, 2)
    )
    assert [(each.id, each.progress) for each in events] == [
        (1_000_001, 20),
        (1_000_002, 50),
        (2_000_001, 50),
        (2_000_002, 50),
        (2_000_003, 70),
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from(WORKING), st.integers(0, 9), st.integers(0, 9), st.integers(1, 3))
    )
)
def test_whatever_is_reported_a_subscriber_sees_growing_ids_and_progress(
    reports: list[tuple[State, int, int, int]],
) -> None:
    async def run() -> list[JobEvent]:
        events = Recorder()
        progress = JobProgressEvents(events)
        for each in reports:
            await progress.tell(report(*each))
        await events.publish(last_event(job()))
        await events.publish(last_event(job().started()))
        async with events.subscribe(JOB) as subscription:
            await events.publish(msgspec.structs.replace(last_event(job()), id=9_999_999))
            return [each async for each in subscription]

    seen = asyncio.run(run())
    for one, other in pairwise(seen):
        assert one.id < other.id
        assert one.progress <= other.progress
    assert seen[-1].progress <= 100


def job() -> Job:
    return Job(job_id=JOB, kind=JobKind.GENERATE, owner="local", created_at=NOW)


def test_the_last_event_says_how_the_job_ended() -> None:
    running = job().started()
    done, failed = running.completed("{}"), running.failed(recorded(Poisoned()))
    assert last_event(done) == JobEvent(
        job_id=JOB,
        id=1_999_999,
        stage="completed",
        progress=100,
        message="Completed",
        last=True,
    )
    assert (last_event(failed).stage, last_event(failed).message) == ("failed", str(Poisoned()))
    queued = last_event(job().cancelled())
    assert (queued.stage, queued.id, queued.last) == ("cancelled", 999_999, True)
