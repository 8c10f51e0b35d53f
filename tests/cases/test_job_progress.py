"""Reports of the pipeline become events of jobs: few, in order, and never backwards."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.clock import MemoryClock
from adapters.memory.job_events import MemoryJobEvents
from adapters.memory.tasks import MemoryTaskRepository
from application.jobs.end_events import last_event
from application.jobs.job_progress import JobProgressEvents
from application.ports.job_events import JobEvent
from application.ports.progress import Report
from application.ports.tasks import Change
from domain.jobs.errors import Poisoned
from domain.jobs.job import Job, JobKind
from domain.jobs.outcome import recorded
from domain.rendering.assembly import PROGRESS, Assembly, State, Step
from domain.shared.errors import NotReady

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
    progress = JobProgressEvents(events, MemoryTaskRepository(), MemoryClock(), lambda: at)
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
        progress = JobProgressEvents(events, MemoryTaskRepository(), MemoryClock())
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


async def recorded_progress(
    seconds: float, attempt: int = 1, tasks: MemoryTaskRepository | None = None
) -> tuple[list[int], list[JobEvent]]:
    """Cut ten pieces, one each few seconds; return the progress on record, and the events."""
    tasks, events, at = tasks or MemoryTaskRepository(), Recorder(), 0.0
    task = Assembly(task_id=JOB, owner="local", created_at=NOW, updated_at=NOW)
    await tasks.add(task)
    for step in (Step.FETCH, Step.CONCATENATE):
        await tasks.update(JOB, lambda found, step=step: found.take(step, NOW))
    progress = JobProgressEvents(events, tasks, MemoryClock(), lambda: at)
    for done in range(11):
        await progress.tell(report(State.CONCATENATING, done, 10, attempt))
        at += seconds
    return [each.progress for each in tasks.history[JOB][3:]], events.published


async def test_the_record_of_the_task_shows_the_same() -> None:
    on_record, events = await recorded_progress(2.0)
    assert on_record == [event.progress for event in events[1:]] == list(range(52, 71, 2))


async def test_within_a_stage_the_record_is_written_once_a_second() -> None:
    on_record, events = await recorded_progress(0.3)
    assert len(events) == 11
    assert on_record == [58, 66]


async def test_an_attempt_that_was_taken_over_records_no_progress() -> None:
    on_record, _ = await recorded_progress(2.0, attempt=2)
    assert set(on_record) == {50}


async def test_without_a_database_progress_is_told_all_the_same() -> None:
    class Away(MemoryTaskRepository):
        async def update(self, task_id: UUID, change: Change) -> Assembly:
            if self.history[task_id][-1].state is State.CONCATENATING:
                raise NotReady("Away.")
            return await super().update(task_id, change)

    on_record, events = await recorded_progress(2.0, tasks=Away())
    assert (on_record, len(events)) == ([], 11)


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


async def test_the_record_has_the_estimated_end_that_the_event_tells_as_seconds() -> None:
    tasks = MemoryTaskRepository()
    _, events = await recorded_progress(2.0, tasks=tasks)
    told = [event.eta_seconds for event in events[1:]]
    ends = [each.estimated_end for each in tasks.history[JOB][3:]]
    assert any(told)
    # The clock of these records gains a millisecond with each reading, and stands still otherwise.
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    for seconds, end in zip(told, ends, strict=True):
        if seconds is None:
            assert end is None
        else:
            assert end is not None
            assert abs((end - begin).total_seconds() - seconds) < 1


async def test_another_attempt_begins_without_an_estimate() -> None:
    task = Assembly(task_id=JOB, owner="local", created_at=NOW, updated_at=NOW)
    running = task.take(Step.PLAN, NOW).reached(State.PLANNING, 1, 15, NOW)
    assert running.estimated_end == NOW
    assert running.reached(State.FETCHING, 1, 15).estimated_end == NOW
    again = running.begun(2, NOW, None)
    assert (again.estimated_end, again.started_at) == (None, NOW)
