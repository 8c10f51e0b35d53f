"""A divided job ends once, after all of its children, however they end."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from adapters.memory.jobs import MemoryJobRepository
from adapters.memory.tasks import MemoryTaskRepository
from application.jobs.end_events import progress_event
from application.jobs.perform_library import report_of
from application.ports.jobs import Child, Submission
from domain.jobs.fan_out import child_of, divided, join_id, progress_of
from domain.jobs.job import ENDED, Job, JobKind, JobState, Priority
from domain.jobs.outcome import recorded

PARENT = Job(
    job_id=UUID(int=1),
    kind=JobKind.PREPARE_LIBRARY,
    owner="ana",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    priority=Priority.BACKGROUND,
    wanted=True,
)
CHANGES: Mapping[str, Callable[[Job], Job]] = {
    "complete": lambda job: job.completed("{}"),
    "fail": lambda job: job.failed(recorded(ValueError())),
    "stop": Job.cancelled,
    "hand back": Job.queued_again,
    "die": Job.taken_over,
}


class FamilyMachine(RuleBasedStateMachine):
    """Children and a join that are run, end, die and are cancelled, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.run = asyncio.Runner()
        self.jobs = MemoryJobRepository(MemoryTaskRepository())
        self.ended: list[JobState] = []
        self.parent = self.run.run(self._divided(5))

    async def _divided(self, count: int) -> Job:
        await self.jobs.submit(Submission(job=PARENT, payload="{}"))
        started = await self.jobs.claim()
        assert started is not None
        children = [child_of(started, JobKind.PREPARE_ITEM, f"moves/{n}") for n in range(count)]
        return await self.jobs.divide(
            PARENT.job_id, 1, [Child(job=each, payload="{}") for each in children]
        )

    async def _family(self) -> tuple[Job, ...]:
        return await self.jobs.children(PARENT.job_id)

    @rule()
    def start_one(self) -> None:
        self.run.run(self.jobs.claim())

    @rule(which=st.integers(0, 9), change=st.sampled_from(sorted(CHANGES)))
    def end_one(self, which: int, change: str) -> None:
        async def end() -> None:
            running = [each for each in await self._family() if each.state is JobState.RUNNING]
            if running:
                each = running[which % len(running)]
                await self.jobs.update(each.job_id, each.attempt, CHANGES[change])

        self.run.run(end())

    @rule(which=st.integers(0, 9))
    def cancel_one(self, which: int) -> None:
        async def cancel() -> None:
            family = await self._family()
            await self.jobs.request_cancel(family[which % len(family)].job_id)

        self.run.run(cancel())

    @rule(likely=st.integers(0, 9))
    def cancel_all(self, likely: int) -> None:
        if not likely:
            self.run.run(self.jobs.request_cancel(PARENT.job_id))

    def teardown(self) -> None:
        self.run.close()

    @invariant()
    def the_parent_counts_those_that_have_not_ended(self) -> None:
        parent, family = self.run.run(self._seen())
        children = [each for each in family if each.kind is JobKind.PREPARE_ITEM]
        joins = [each for each in family if each.kind is JobKind.JOIN_LIBRARY]
        unfinished = [each for each in children if each.state not in ENDED]
        assert parent.remaining == len(unfinished)
        if parent.cancelling:
            assert len(joins) <= (not unfinished)
        else:
            assert len(joins) == (not unfinished)
        assert [each.job_id for each in joins] in ([], [join_id(PARENT.job_id)])
        going_on = bool(unfinished) or any(each.state not in ENDED for each in joins)
        assert (parent.state is JobState.DIVIDED) == going_on
        report = report_of([*children])
        assert report.total == 5
        ended = report.prepared + report.failed + report.removed + report.cancelled
        assert ended + len(unfinished) == 5

    @invariant()
    def the_parent_ends_once(self) -> None:
        parent, _ = self.run.run(self._seen())
        if parent.state in ENDED:
            self.ended.append(parent.state)
        assert len(set(self.ended)) <= 1
        assert bool(self.ended) == (parent.state in ENDED)

    async def _seen(self) -> tuple[Job, tuple[Job, ...]]:
        return await self.jobs.get(PARENT.job_id), await self._family()


TestFamily = FamilyMachine.TestCase
TestFamily.settings = settings(max_examples=100, stateful_step_count=30)


@given(st.integers(0, 3000), st.data())
def test_progress_never_falls_and_reaches_the_end_only_with_the_join(
    children: int, data: st.DataObject
) -> None:
    parent, _ = divided(PARENT.started(), children)
    told = [
        (progress_event(each).id, progress_of(each))
        for each in (_with(parent, left) for left in sorted(_some(children, data), reverse=True))
    ]
    assert told == sorted(told)
    assert all(0 <= progress <= 99 for _, progress in told)


def _with(parent: Job, remaining: int) -> Job:
    return msgspec.structs.replace(parent, remaining=remaining)


def _some(children: int, data: st.DataObject) -> list[int]:
    return data.draw(st.lists(st.integers(0, children), max_size=8))
