"""The contract of every JobRepository about lists of jobs: memory and each real database."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest

from adapters.database.engine import open_database
from adapters.database.jobs import SqlJobRepository
from adapters.memory.jobs import MemoryJobRepository
from adapters.memory.tasks import MemoryTaskRepository
from application.ports.jobs import Child, JobFilter, JobRepository, Submission
from application.ports.pagination import place_of, read_all
from domain.jobs.admission import Admission
from domain.jobs.fan_out import child_of
from domain.jobs.job import Job, JobKind, JobState, Priority

pytestmark = pytest.mark.anyio

NOW = datetime(2024, 2, 29, tzinfo=UTC)
ALL = JobFilter()
MANY = Admission(most=99, most_of_one=None)


@pytest.fixture
async def jobs(database_url: str | None) -> AsyncGenerator[JobRepository]:
    if database_url is None:
        yield MemoryJobRepository(MemoryTaskRepository())
        return
    async with open_database(database_url) as database:
        yield SqlJobRepository(database)


async def submitted(jobs: JobRepository, **fields: object) -> Job:
    new = Job(job_id=uuid4(), kind=JobKind.GENERATE, owner="ana", created_at=NOW)
    job = msgspec.structs.replace(new, **fields)
    return await jobs.submit(Submission(job=job, payload="{}", admission=MANY))


async def pages(jobs: JobRepository, most: int, filters: JobFilter = ALL) -> list[list[Job]]:
    """All pages of a list."""
    read: list[list[Job]] = []
    after: str | None = None
    while True:
        page = await jobs.page(filters, after, most)
        read.append(list(page.items))
        if (after := page.last) is None:
            return read


async def test_jobs_are_listed_from_the_newest_to_the_oldest(jobs: JobRepository) -> None:
    new = [await submitted(jobs) for _ in range(3)]
    listed = await read_all(lambda after, most: jobs.page(ALL, after, most))
    assert {job.job_id for job in listed} == {job.job_id for job in new}
    keys = [(await jobs.page(ALL, None, most)).last for most in (1, 2)]
    places = [place_of(key) for key in keys if key is not None]
    assert places == sorted(places, reverse=True)
    assert [place[1] for place in places] == [job.job_id for job in listed[:2]]


@pytest.mark.parametrize("most", [1, 2, 3, 6, 7])
async def test_pages_hold_every_job_once(jobs: JobRepository, most: int) -> None:
    new = {(await submitted(jobs)).job_id for _ in range(6)}
    read = await pages(jobs, most)
    assert all(len(page) == most for page in read[:-1])
    ids = [job.job_id for page in read for job in page]
    assert len(ids) == 6
    assert set(ids) == new


async def test_an_empty_store_has_one_empty_page(jobs: JobRepository) -> None:
    assert await pages(jobs, 3) == [[]]


async def test_a_list_admits_states_kinds_and_owners(jobs: JobRepository) -> None:
    film = await submitted(jobs)
    script = await submitted(jobs, kind=JobKind.COMPOSE_SCRIPT, priority=Priority.SCRIPT)
    other = await submitted(jobs, owner="bo")
    await jobs.request_cancel(film.job_id)
    claimed = await jobs.claim(other.job_id)
    assert claimed is not None

    async def ids(**fields: object) -> set[object]:
        filters = msgspec.structs.replace(ALL, **fields)
        return {job.job_id for job in (await jobs.page(filters, None, 9)).items}

    assert await ids(states=(JobState.CANCELLED,)) == {film.job_id}
    assert await ids(states=(JobState.RUNNING, JobState.QUEUED)) == {script.job_id, other.job_id}
    assert await ids(kinds=(JobKind.COMPOSE_SCRIPT,)) == {script.job_id}
    assert await ids(owner="ana") == {film.job_id, script.job_id}
    assert await ids(owner="ana", states=(JobState.RUNNING,)) == set()


async def test_a_list_has_the_jobs_as_they_are_now(jobs: JobRepository) -> None:
    new = await submitted(jobs)
    await jobs.claim(new.job_id)
    after = await jobs.update(new.job_id, 1, lambda job: job.completed("{}"))
    assert (await jobs.page(ALL, None, 9)).items == (after,)


async def test_parts_are_listed_only_if_they_are_wanted(jobs: JobRepository) -> None:
    parent = await submitted(jobs, kind=JobKind.PREPARE_LIBRARY, priority=Priority.BACKGROUND)
    await jobs.claim(parent.job_id)
    part = child_of(parent, JobKind.PREPARE_ITEM, "moves/turn")
    await jobs.divide(parent.job_id, 1, [Child(job=part, payload="{}")])
    assert [job.job_id for job in (await jobs.page(ALL, None, 9)).items] == [parent.job_id]
    every = await jobs.page(JobFilter(parts=True), None, 9)
    assert {job.job_id for job in every.items} == {parent.job_id, part.job_id}


async def test_jobs_that_come_between_two_pages_move_no_other(jobs: JobRepository) -> None:
    first = {(await submitted(jobs)).job_id for _ in range(4)}
    page = await jobs.page(ALL, None, 2)
    await asyncio.gather(*(submitted(jobs) for _ in range(5)))
    rest = await jobs.page(ALL, page.last, 9)
    assert {job.job_id for job in (*page.items, *rest.items)} == first
    assert len(rest.items) == 2
