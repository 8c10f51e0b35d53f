"""The contract of every JobRepository for jobs that are divided: fan-out, join, and lanes."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from adapters.database.engine import open_database
from adapters.database.jobs import SqlJobRepository
from adapters.memory.jobs import MemoryJobRepository
from adapters.memory.tasks import MemoryTaskRepository
from application.ports.jobs import Child, JobRepository, SameWork, Submission
from domain.jobs.admission import Admission
from domain.jobs.errors import JobNotFound, LeaseLost, ServiceFull
from domain.jobs.fan_out import child_of, join_id
from domain.jobs.job import ENDED, MAX_DEATHS, Job, JobKind, JobState, Lane, Priority
from domain.jobs.outcome import recorded

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ALREADY = timedelta(hours=-1)
"""One hour ahead: whatever was written is older."""
NAME = SameWork(name="prepare", states=tuple(state for state in JobState if state not in ENDED))


@pytest.fixture
async def jobs(database_url: str | None) -> AsyncGenerator[JobRepository]:
    if database_url is None:
        yield MemoryJobRepository(MemoryTaskRepository())
        return
    async with open_database(database_url) as database:
        yield SqlJobRepository(database)


def film() -> Job:
    return Job(job_id=uuid4(), kind=JobKind.ASSEMBLE, owner="ana", created_at=NOW)


def library_job(kind: JobKind = JobKind.PREPARE_LIBRARY) -> Job:
    return Job(
        job_id=uuid4(),
        kind=kind,
        owner="ana",
        created_at=NOW,
        priority=Priority.BACKGROUND,
        wanted=True,
    )


def submission(job: Job, **fields: object) -> Submission:
    return msgspec.structs.replace(Submission(job=job, payload="{}"), **fields)


async def divided(jobs: JobRepository, count: int) -> tuple[Job, list[Job]]:
    parent = await jobs.submit(submission(library_job()))
    started = await jobs.claim(parent.job_id)
    assert started is not None
    children = [child_of(started, JobKind.PREPARE_ITEM, f"moves/{n}") for n in range(count)]
    named = [Child(job=each, payload=f'"{each.item}"') for each in children]
    return await jobs.divide(parent.job_id, 1, named), children


async def end(jobs: JobRepository, job_id: UUID, change: Callable[[Job], Job]) -> None:
    started = await jobs.claim(job_id)
    assert started is not None
    await jobs.update(job_id, started.attempt, change)


def succeed(job: Job) -> Job:
    return job.completed("{}")


def fail(job: Job) -> Job:
    return job.failed(recorded(ValueError()))


async def test_a_divided_job_waits_for_its_children(jobs: JobRepository) -> None:
    parent, children = await divided(jobs, 3)
    assert (parent.state, parent.children, parent.remaining) == (JobState.DIVIDED, 3, 3)
    assert await jobs.get(parent.job_id) == parent
    assert sorted(children, key=lambda job: job.job_id) == list(await jobs.children(parent.job_id))
    assert await jobs.payload(children[0].job_id) == '"moves/0"'
    assert await jobs.lost(ALREADY) == ()
    with pytest.raises(LeaseLost):
        await jobs.divide(parent.job_id, 1, [])


async def test_the_last_child_submits_the_join_which_ends_the_parent(jobs: JobRepository) -> None:
    parent, children = await divided(jobs, 3)
    for number, child in enumerate(children):
        with pytest.raises(JobNotFound):
            await jobs.get(join_id(parent.job_id))
        await end(jobs, child.job_id, fail if number else succeed)
    assert (await jobs.get(parent.job_id)).remaining == 0
    join = await jobs.claim(lane=Lane.LIBRARY)
    assert join is not None
    assert (join.job_id, join.kind) == (join_id(parent.job_id), JobKind.JOIN_LIBRARY)
    await jobs.update(join.job_id, 1, lambda job: job.completed('{"total": 3}'))
    ended = await jobs.get(parent.job_id)
    assert (ended.state, ended.result) == (JobState.COMPLETED, '{"total": 3}')
    assert await jobs.claim() is None


async def test_a_job_without_children_has_its_join_at_once(jobs: JobRepository) -> None:
    parent, _ = await divided(jobs, 0)
    join = await jobs.claim()
    assert join is not None
    assert join.job_id == join_id(parent.job_id)


async def test_the_failure_of_the_join_is_that_of_the_parent(jobs: JobRepository) -> None:
    parent, _ = await divided(jobs, 0)
    for _ in range(MAX_DEATHS):
        join = await jobs.claim()
        assert join is not None
        await jobs.update(join.job_id, join.attempt, Job.taken_over)
    ended = await jobs.get(parent.job_id)
    assert ended.state is JobState.FAILED
    assert ended.failure is not None
    assert ended.failure.code == "poisoned"


async def test_a_child_that_kills_its_workers_counts_as_failed(jobs: JobRepository) -> None:
    parent, [child] = await divided(jobs, 1)
    for _ in range(MAX_DEATHS):
        assert (await jobs.get(parent.job_id)).remaining == 1
        started = await jobs.claim(child.job_id)
        assert started is not None
        await jobs.update(child.job_id, started.attempt, Job.taken_over)
    assert (await jobs.get(child.job_id)).state is JobState.FAILED
    assert (await jobs.get(join_id(parent.job_id))).state is JobState.QUEUED


async def test_children_that_end_at_once_are_all_counted(jobs: JobRepository) -> None:
    parent, children = await divided(jobs, 12)
    await asyncio.gather(
        *(end(jobs, each.job_id, succeed) for each in children[:10]),
        *(jobs.request_cancel(each.job_id) for each in children[10:]),
    )
    assert (await jobs.get(parent.job_id)).remaining == 0
    family = await jobs.children(parent.job_id)
    assert [each.kind for each in family].count(JobKind.JOIN_LIBRARY) == 1


async def test_an_end_that_is_recorded_twice_counts_once(jobs: JobRepository) -> None:
    parent, children = await divided(jobs, 2)
    started = await jobs.claim(children[0].job_id)
    assert started is not None
    rivals = [jobs.update(started.job_id, 1, succeed) for _ in range(5)]
    results = await asyncio.gather(*rivals, return_exceptions=True)
    assert sum(isinstance(each, LeaseLost) for each in results) == 4
    assert (await jobs.get(parent.job_id)).remaining == 1


async def test_cancelling_a_parent_cancels_waiting_children_and_asks_running_ones_to_stop(
    jobs: JobRepository,
) -> None:
    parent, children = await divided(jobs, 4)
    running = await jobs.claim(children[0].job_id)
    assert running is not None
    await end(jobs, children[1].job_id, succeed)
    asked = await jobs.request_cancel(parent.job_id)
    assert (asked.state, asked.cancelling, asked.remaining) == (JobState.DIVIDED, True, 1)
    assert await jobs.get(parent.job_id) == asked
    assert (await jobs.renew(running.job_id, 1)).cancelling
    assert await jobs.claim() is None
    await jobs.update(running.job_id, 1, Job.queued_again)
    assert (await jobs.get(parent.job_id)).state is JobState.CANCELLED
    states = [(await jobs.get(each.job_id)).state for each in children]
    assert states.count(JobState.CANCELLED) == 3
    with pytest.raises(JobNotFound):
        await jobs.get(join_id(parent.job_id))


async def test_cancelling_a_parent_of_which_nothing_runs_ends_it(jobs: JobRepository) -> None:
    parent, _ = await divided(jobs, 700)
    assert (await jobs.request_cancel(parent.job_id)).state is JobState.CANCELLED
    assert (await jobs.request_cancel(parent.job_id)).state is JobState.CANCELLED
    assert await jobs.claim() is None


async def test_cancelling_and_ending_at_once_end_the_parent_once(jobs: JobRepository) -> None:
    parent, children = await divided(jobs, 8)
    running = [await jobs.claim(each.job_id) for each in children[:4]]
    await asyncio.gather(
        jobs.request_cancel(parent.job_id),
        *(jobs.update(each.job_id, 1, succeed) for each in running if each),
        *(jobs.claim() for _ in range(3)),
    )
    for each in await jobs.lost(ALREADY):
        assert each.cancelling
        await jobs.update(each.job_id, each.attempt, Job.cancelled)
    ended = await jobs.get(parent.job_id)
    assert (ended.state, ended.remaining) == (JobState.CANCELLED, 0)


async def test_a_parent_that_is_asked_to_stop_before_it_divides_has_no_children(
    jobs: JobRepository,
) -> None:
    parent = await jobs.submit(submission(library_job()))
    started = await jobs.claim(parent.job_id)
    assert started is not None
    await jobs.request_cancel(parent.job_id)
    child = Child(job=child_of(started, JobKind.PREPARE_ITEM, "moves/a"), payload="{}")
    assert (await jobs.divide(parent.job_id, 1, [child])).state is JobState.CANCELLED
    assert await jobs.children(parent.job_id) == ()
    assert await jobs.claim() is None


async def test_a_film_is_claimed_before_any_work_on_the_library(jobs: JobRepository) -> None:
    _, children = await divided(jobs, 2)
    new = await jobs.submit(submission(film()))
    assert await jobs.claim(lane=Lane.LIBRARY) is None
    claimed = await jobs.claim(lane=Lane.FILMS)
    assert claimed is not None
    assert claimed.job_id == new.job_id
    assert await jobs.claim(lane=Lane.FILMS) is None
    child = await jobs.claim(lane=Lane.LIBRARY)
    assert child is not None
    assert child.job_id in {each.job_id for each in children}


async def test_films_are_admitted_however_much_work_the_library_has(jobs: JobRepository) -> None:
    await divided(jobs, 5)
    one = Admission(most=1, most_of_one=1)
    await jobs.submit(submission(film(), admission=one))
    with pytest.raises(ServiceFull):
        await jobs.submit(submission(film(), admission=Admission(most=1, most_of_one=None)))


async def test_work_on_the_library_is_limited_by_its_kind(jobs: JobRepository) -> None:
    await jobs.submit(submission(film()))
    await divided(jobs, 5)
    one = Admission(most=1, most_of_one=None)
    item = JobKind.PREPARE_ITEM
    await jobs.submit(submission(library_job(item), admission=one))
    for kind in (item, JobKind.PREPARE_LIBRARY):
        with pytest.raises(ServiceFull):
            await jobs.submit(submission(library_job(kind), admission=one))


async def test_the_same_work_is_recorded_once_until_it_has_ended(jobs: JobRepository) -> None:
    rivals = [jobs.submit(submission(library_job(), same=NAME)) for _ in range(8)]
    got = {each.job_id for each in await asyncio.gather(*rivals)}
    assert len(got) == 1
    started = await jobs.claim()
    assert started is not None
    assert (await jobs.submit(submission(library_job(), same=NAME))).job_id in got
    other = SameWork(name=NAME.name)
    assert (await jobs.submit(submission(library_job(), same=other))).job_id not in got
    for each in await jobs.lost(ALREADY):
        await jobs.update(each.job_id, 1, Job.cancelled)
    await jobs.purge(ALREADY)
    while (waiting := await jobs.claim()) is not None:
        await jobs.update(waiting.job_id, 1, Job.cancelled)
    assert (await jobs.submit(submission(library_job(), same=NAME))).job_id not in got


async def test_children_are_purged_after_their_parent_has_ended(jobs: JobRepository) -> None:
    parent, children = await divided(jobs, 2)
    await end(jobs, children[0].job_id, succeed)
    assert await jobs.purge(ALREADY) == 0
    await jobs.request_cancel(parent.job_id)
    assert await jobs.purge(ALREADY) == 3
