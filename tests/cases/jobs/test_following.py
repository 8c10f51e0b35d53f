"""Whoever follows a job sees its progress and its end, whichever process runs it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from adapters.memory.job_events import MemoryJobEvents
from adapters.memory.jobs import MemoryJobRepository
from adapters.memory.tasks import MemoryTaskRepository
from application.jobs.follow_job import FollowJob
from application.jobs.read_jobs import JobSummary, ListJobs, ReadJob
from application.jobs.watch_task import WatchTask
from application.jobs.watchers import Watchers
from application.ports.jobs import Child, JobFilter, Submission
from application.rendering.finished_film import FinishedFilm
from domain.jobs.errors import JobNotFound
from domain.jobs.fan_out import child_of
from domain.jobs.job import Job, JobKind, JobState, Priority
from domain.rendering.assembly import Assembly, State, Step
from domain.shared.errors import DiskFull, InvalidRequest, NotReady
from tests.api.memory_backend import failing
from tests.world.watched import WatchedJob

pytestmark = pytest.mark.anyio

LIMIT = 10.0
NOW = datetime(2024, 2, 29, tzinfo=UTC)
SOON = 0.01
"""Seconds between two looks at the record."""


async def film_of(_: Assembly) -> FinishedFilm:
    raise NotImplementedError


class Service:
    """Jobs and tasks, and a follower in a process that hears no events but its own."""

    def __init__(self, look: float = SOON) -> None:
        self.tasks = MemoryTaskRepository()
        self.jobs = MemoryJobRepository(self.tasks)
        self.events = MemoryJobEvents()
        self.time = 0.0
        self.look = look

    def follow(self, events: MemoryJobEvents | None = None, tasks: object = None) -> FollowJob:
        """Return the use case, with the events of this process or of another."""
        watch = WatchTask(
            self.jobs, self.tasks, events or self.events, film_of, Watchers(9, 9), self.look
        )
        read_job = ReadJob(self.jobs, tasks or self.tasks)  # pyright: ignore[reportArgumentType]
        return FollowJob(watch, read_job, lambda: self.time)

    async def film(self) -> WatchedJob:
        return await WatchedJob(self.jobs, self.events).start()

    async def reach(self, task_id: UUID, progress: int) -> None:
        """Record progress as the worker of a film does."""
        task = await self.tasks.get(task_id)
        if task.state is State.PENDING:
            await self.tasks.update(task_id, lambda each: each.take(Step.FETCH, NOW))
        await self.tasks.update(task_id, lambda each: each.reached(State.FETCHING, 1, progress))


async def until(updates: AsyncIterator[JobSummary], progress: int) -> JobSummary:
    async with asyncio.timeout(LIMIT):
        async for job in updates:
            if job.progress >= progress:
                return job
    raise AssertionError(f"never {progress} per cent")


async def test_events_are_told_with_the_remaining_time() -> None:
    service = Service(look=LIMIT)
    film = await service.film()
    async with service.follow()(film.job_id) as updates:
        first = await anext(updates)
        assert (first.state, first.progress, first.eta_seconds) == (JobState.RUNNING, 0, None)
        await film.tell(1, 40)
        job = await until(updates, 40)
        assert (job.stage, job.message, job.eta_seconds) == ("fetching", "Fetching\nthe song", 1.5)
        await film.complete()
        *_, last = [job async for job in updates]
    assert (last.state, last.progress, last.stage) == (JobState.COMPLETED, 100, None)


async def test_without_events_the_record_is_told_with_the_pace_that_was_seen() -> None:
    service = Service()
    film = await service.film()
    async with service.follow(MemoryJobEvents())(film.job_id) as updates:
        await service.reach(film.job_id, 30)
        job = await until(updates, 30)
        assert (job.stage, job.eta_seconds) == ("fetching", None)
        service.time = 30.0
        await service.reach(film.job_id, 60)
        job = await until(updates, 60)
        assert job.eta_seconds == 20.0
        await film.fail(DiskFull())
        *_, last = [job async for job in updates]
    assert last.state is JobState.FAILED
    assert last.failure is not None
    assert last.failure.code == "disk-full"


async def test_progress_never_becomes_smaller() -> None:
    service = Service()
    film = await service.film()
    async with service.follow()(film.job_id) as updates:
        await film.tell(1, 70)
        await until(updates, 70)
        await service.reach(film.job_id, 25)
        await service.jobs.update(film.job_id, 1, Job.queued_again)
        await service.jobs.claim(film.job_id)
        seen = [await anext(updates) for _ in range(4)]
        assert {job.progress for job in seen} == {70}
        assert seen[-1].attempt == 2


async def test_a_job_that_ended_before_is_told_once_more() -> None:
    service = Service(look=LIMIT)
    film = await service.film()
    await film.complete()
    async with service.follow()(film.job_id) as updates:
        states = [job.state async for job in updates]
    assert states[-1] is JobState.COMPLETED


async def test_records_that_are_away_for_a_moment_end_no_watch() -> None:
    service = Service()
    film = await service.film()
    away = Flickering(service.tasks)
    async with service.follow(tasks=away)(film.job_id) as updates:
        await anext(updates)
        away.off = True
        async with asyncio.timeout(LIMIT):
            task = asyncio.ensure_future(until(updates, 30))
            await away.asked.wait()
            away.off = False
            await service.reach(film.job_id, 30)
            assert (await task).progress == 30
        await film.complete()
        *_, last = [job async for job in updates]
    assert last.state is JobState.COMPLETED


class Flickering:
    """Tasks that cannot be read while they are ``off``."""

    def __init__(self, tasks: MemoryTaskRepository) -> None:
        self._tasks = tasks
        self.off = False
        self.asked = asyncio.Event()

    async def get(self, task_id: UUID) -> Assembly:
        if self.off:
            self.asked.set()
            raise NotReady
        return await self._tasks.get(task_id)


async def test_an_unknown_job_is_not_followed() -> None:
    with pytest.raises(JobNotFound):
        async with Service().follow()(uuid4()):
            pass


async def test_a_divided_job_tells_how_many_of_its_parts_have_ended() -> None:
    service = Service()
    parent = Job(
        job_id=uuid4(),
        kind=JobKind.PREPARE_LIBRARY,
        owner="local",
        created_at=NOW,
        priority=Priority.BACKGROUND,
    )
    await service.jobs.submit(Submission(job=parent, payload="{}"))
    await service.jobs.claim(parent.job_id)
    parts = [child_of(parent, JobKind.PREPARE_ITEM, f"moves/{each}") for each in "abcd"]
    await service.jobs.divide(parent.job_id, 1, [Child(job=each, payload="{}") for each in parts])
    await service.jobs.claim(parts[0].job_id)
    await service.jobs.update(parts[0].job_id, 1, lambda job: job.completed("{}"))
    read_job = ReadJob(service.jobs, service.tasks)
    job = await read_job(parent.job_id)
    assert (job.state, job.progress, job.children, job.remaining) == (JobState.DIVIDED, 25, 4, 3)
    assert (await read_job(parts[1].job_id)).item == "moves/b"
    page = await ListJobs(service.jobs, read_job)(JobFilter(), None, 9)
    assert page.items == (job,)


async def test_a_foreign_cursor_is_refused() -> None:
    service = Service()
    list_jobs = ListJobs(service.jobs, ReadJob(service.jobs, service.tasks))
    with pytest.raises(InvalidRequest):
        await list_jobs(JobFilter(), "moves/turn", 9)


async def test_a_running_film_without_its_task_is_still_listed() -> None:
    service = Service()
    film = await service.film()
    await service.tasks.remove(film.job_id)
    job = await ReadJob(service.jobs, service.tasks)(film.job_id)
    assert (job.state, job.stage) == (JobState.RUNNING, None)


async def test_a_list_fails_as_the_records_do() -> None:
    service = Service()
    await service.film()
    tasks = failing(service.tasks, get=NotReady())
    with pytest.raises(NotReady):
        await ListJobs(service.jobs, ReadJob(service.jobs, tasks))(JobFilter(), None, 9)
