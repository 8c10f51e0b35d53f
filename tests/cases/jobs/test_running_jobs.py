"""A job ends in one final state, recorded by the attempt that holds the lease and by no other."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from application.jobs.make_film import MakeFilm
from application.jobs.run_job import LEASE
from application.jobs.wait_for_job import WaitForJob
from application.rendering.attempt import Attempt
from domain.jobs.errors import JobCancelled, JobNotFound, LeaseLost
from domain.jobs.job import ENDED, MAX_SETBACKS, Job, JobState
from domain.rendering.assembly import Assembly, State
from domain.shared.errors import AssemblyTimedOut, NotReady, SongNotFound
from domain.shared.paths import LOCAL_USER
from tests.api.memory_backend import failing
from tests.cases.jobs.jobs_in_memory import PATIENCE, HeldWork, Jobs

pytestmark = pytest.mark.anyio

DEAD = LEASE + timedelta(seconds=1)


async def begun(here: Jobs, work: HeldWork) -> "tuple[Job, asyncio.Task[bool]]":
    job = await here.submit()
    running = asyncio.ensure_future(here.run())
    await work.begun.wait()
    return job, running


async def test_the_result_of_the_work_is_the_result_of_the_job(tmp_path: Path) -> None:
    work = HeldWork()
    here = Jobs(tmp_path, work)
    job, running = await begun(here, work)
    waiting = asyncio.ensure_future(here.wait(job, PATIENCE))
    work.outcome.set_result('{"a": 1}')
    assert await running
    assert await waiting == '{"a": 1}'
    assert (await here.records.get(job.job_id)).state is JobState.COMPLETED


async def test_without_a_queued_job_nothing_runs(tmp_path: Path) -> None:
    assert not await Jobs(tmp_path, HeldWork()).run()


async def test_an_unreachable_database_is_no_job(tmp_path: Path) -> None:
    here = Jobs(tmp_path, HeldWork())
    await here.submit()
    here.run._jobs = failing(here.records, claim=NotReady())  # pyright: ignore[reportPrivateUsage]
    assert not await here.run()


@pytest.mark.parametrize("error", [SongNotFound(), ValueError("secret")])
async def test_the_error_of_the_work_is_the_error_of_the_job(
    tmp_path: Path, error: Exception
) -> None:
    work = HeldWork()
    here = Jobs(tmp_path, work)
    job, running = await begun(here, work)
    work.outcome.set_exception(error)
    assert await running
    with pytest.raises(Exception, match=r"no song|failed") as raised:
        await here.wait(job, PATIENCE)
    assert "secret" not in str(raised.value)
    assert (await here.records.get(job.job_id)).state is JobState.FAILED


@pytest.mark.parametrize("times", [2, 99])
async def test_a_job_whose_service_was_away_is_tried_again_a_few_times(
    tmp_path: Path, times: int
) -> None:
    failures = 0

    async def perform(job: Job, payload: str, attempt: Attempt) -> str:
        nonlocal failures
        if failures < times:
            failures += 1
            raise NotReady("The database is away.")
        return "{}"

    here = Jobs(tmp_path, perform)
    job = await here.submit()
    while (await here.records.get(job.job_id)).state not in ENDED:
        assert await here.run()
    ended = await here.records.get(job.job_id)
    if times < MAX_SETBACKS:
        assert (ended.state, ended.attempt, ended.deaths) == (JobState.COMPLETED, times + 1, 0)
    else:
        assert (ended.state, ended.attempt) == (JobState.FAILED, MAX_SETBACKS + 1)
        assert ended.failure is not None
        assert ended.failure.code == "not-ready"


async def test_a_running_job_is_cancelled(tmp_path: Path) -> None:
    work = HeldWork()
    here = Jobs(tmp_path, work)
    job, running = await begun(here, work)
    await here.cancel(job.job_id)
    assert await running
    assert work.cancelled == 1
    assert not work.attempts[0].abandoned
    with pytest.raises(JobCancelled):
        await here.wait(job, PATIENCE)


@pytest.mark.parametrize("stops", ["its caller", "its worker"])
async def test_a_job_that_is_stopped_after_the_end_of_its_task_ends_as_its_task(
    tmp_path: Path, stops: str
) -> None:
    work = HeldWork()
    here = Jobs(tmp_path, work)
    job, running = await begun(here, work)

    def complete(task: Assembly) -> Assembly:
        return msgspec.structs.replace(task, state=State.COMPLETED, output_path="output/a.mp4")

    await here.service.tasks.update(job.job_id, complete)
    if stops == "its caller":
        await here.cancel(job.job_id)
        await running
    else:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert work.cancelled == 1
    ended = await here.records.get(job.job_id)
    assert (ended.state, ended.attempt) == (JobState.COMPLETED, 1)


async def test_a_cancellation_whose_signal_is_lost_is_noticed_at_the_next_renewal(
    tmp_path: Path,
) -> None:
    work = HeldWork()
    here = Jobs(tmp_path, work)
    job, running = await begun(here, work)
    await here.records.request_cancel(job.job_id)
    async with asyncio.timeout(PATIENCE):
        assert await running
    assert (await here.records.get(job.job_id)).state is JobState.CANCELLED


async def test_a_queued_job_is_cancelled_with_its_task(tmp_path: Path) -> None:
    here = Jobs(tmp_path, HeldWork())
    job = await here.submit()
    await here.cancel(job.job_id)
    assert (await here.task(job.job_id)).state is State.CANCELLED
    assert not await here.run()


async def test_a_job_whose_worker_ends_is_queued_again(tmp_path: Path) -> None:
    work = HeldWork()
    here = Jobs(tmp_path, work)
    job, running = await begun(here, work)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert work.attempts[0].abandoned
    assert (await here.records.get(job.job_id)).state is JobState.QUEUED
    assert (await here.task(job.job_id)).state is State.PENDING


async def test_work_that_was_taken_over_stops_and_records_nothing(tmp_path: Path) -> None:
    work = HeldWork()
    here = Jobs(tmp_path, work)
    job, running = await begun(here, work)
    await here.records.update(job.job_id, 1, Job.queued_again)
    successor = await here.records.claim(job.job_id)
    async with asyncio.timeout(PATIENCE):
        assert await running
    assert work.cancelled == 1
    assert work.attempts[0].abandoned
    assert await here.records.get(job.job_id) == successor


async def test_a_lease_that_cannot_be_renewed_stops_the_work(tmp_path: Path) -> None:
    work = HeldWork()
    here = Jobs(tmp_path, work)
    run: Any = here.run
    run._jobs = failing(here.records, renew=NotReady())
    run._lease = 0.05
    job, running = await begun(here, work)
    async with asyncio.timeout(PATIENCE):
        assert await running
    assert work.attempts[0].abandoned
    assert (await here.records.get(job.job_id)).state is JobState.RUNNING


async def test_an_end_that_cannot_be_recorded_is_left_to_recovery(tmp_path: Path) -> None:
    work = HeldWork()
    here = Jobs(tmp_path, work)
    run: Any = here.run
    run._jobs = failing(here.records, update=NotReady())
    job, running = await begun(here, work)
    work.outcome.set_result("1")
    assert await running
    assert (await here.records.get(job.job_id)).state is JobState.RUNNING


async def test_a_caller_that_leaves_cancels_its_job(tmp_path: Path) -> None:
    work = HeldWork()
    here = Jobs(tmp_path, work)
    job, running = await begun(here, work)
    waiting = asyncio.ensure_future(here.wait(job, PATIENCE))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    # The work has ended when the caller has left.
    assert work.cancelled == 1
    assert (await here.records.get(job.job_id)).state is JobState.CANCELLED
    await running


async def test_a_caller_waits_on_while_the_records_are_away(tmp_path: Path) -> None:
    work = HeldWork()
    here = Jobs(tmp_path, work)
    job, running = await begun(here, work)
    away = Away(here.records, 3)
    records: Any = away
    wait = WaitForJob(records, here.events, here.cancel, look=0.01, away=60)
    waiting = asyncio.ensure_future(wait(job, 600))
    async with asyncio.timeout(PATIENCE):
        await away.over.wait()
        work.outcome.set_result("{}")
        assert await waiting == "{}"
        assert await running


async def test_a_caller_gives_up_when_the_records_stay_away(tmp_path: Path) -> None:
    here = Jobs(tmp_path, HeldWork())
    job = await here.submit()
    records: Any = Away(here.records, 1_000_000)
    wait = WaitForJob(records, here.events, here.cancel, look=0.01, away=0.1)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(NotReady):
            await wait(job, 600)


class Away:
    """Records of jobs that cannot be read so many times."""

    def __init__(self, records: object, times: int) -> None:
        self._records: Any = records
        self._left = times
        self.over = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    async def get(self, job_id: UUID) -> Job:
        if self._left:
            self._left -= 1
            raise NotReady
        self.over.set()
        return await self._records.get(job_id)


async def test_a_wanted_job_goes_on_when_its_caller_leaves(tmp_path: Path) -> None:
    work = HeldWork()
    here = Jobs(tmp_path, work)
    job = await here.submit(wanted=True)
    running = asyncio.ensure_future(here.run())
    await work.begun.wait()
    waiting = asyncio.ensure_future(here.wait(job, PATIENCE))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    work.outcome.set_result("1")
    assert await running
    assert (await here.records.get(job.job_id)).state is JobState.COMPLETED


@pytest.mark.parametrize("patience", [0.0, 0.02])
async def test_a_client_that_does_not_wait_gets_the_job_as_it_is_then(
    tmp_path: Path, patience: float
) -> None:
    here = Jobs(tmp_path, HeldWork())
    job = await here.submit(wanted=True)
    assert await here.records.claim()

    async def submit(*_: object, **__: object) -> tuple[Job, bool]:
        return job, False

    recorded: Any = submit
    make_film = MakeFilm(recorded, here.wait, here.cancel, 600)
    request: Any = None
    answer = await make_film(request, job.job_id, LOCAL_USER, patience=patience)
    assert (job.state, answer.job.state) == (JobState.QUEUED, JobState.RUNNING)
    assert answer.result is None
    await here.records.update(job.job_id, 1, lambda each: each.completed("{}"))
    late = await make_film(request, job.job_id, LOCAL_USER, patience=patience)
    assert late.result == ("{}" if patience else None)


async def test_a_job_over_its_time_is_cancelled(tmp_path: Path) -> None:
    work = HeldWork()
    here = Jobs(tmp_path, work)
    job, running = await begun(here, work)
    with pytest.raises(AssemblyTimedOut):
        await here.wait(job, 0.01)
    assert work.cancelled == 1
    await running


async def test_a_dead_worker_is_noticed_at_the_second_look(tmp_path: Path) -> None:
    here = Jobs(tmp_path, HeldWork())
    job = await here.submit(wanted=True)
    await here.records.claim()
    assert await here.recover() == 0
    here.service.clock.advance(DEAD)
    assert await here.recover() == 0
    assert await here.recover() == 1
    assert (await here.records.get(job.job_id)).state is JobState.QUEUED


async def test_a_suspended_worker_that_shows_life_keeps_its_job(tmp_path: Path) -> None:
    here = Jobs(tmp_path, HeldWork())
    job = await here.submit(wanted=True)
    await here.records.claim()
    here.service.clock.advance(DEAD)
    await here.recover()
    await here.records.renew(job.job_id, 1)
    assert await here.recover() == 0
    assert (await here.records.get(job.job_id)).state is JobState.RUNNING


async def test_a_job_that_stops_each_worker_ends_as_poisoned(tmp_path: Path) -> None:
    here = Jobs(tmp_path, HeldWork())
    job = await here.submit(wanted=True)
    for _ in range(3):
        assert await here.records.claim()
        here.service.clock.advance(DEAD)
        await here.recover()
        assert await here.recover() == 1
    ended = await here.records.get(job.job_id)
    assert ended.state is JobState.FAILED
    assert ended.failure is not None
    assert ended.failure.code == "poisoned"
    # It says what it was doing.
    assert (ended.failure.stage, "`pending`" in ended.failure.message) == ("pending", True)
    task = await here.task(job.job_id)
    assert (task.state, task.failure and task.failure.code) == (State.FAILED, "poisoned")


async def test_a_job_that_was_handed_back_has_not_stopped_its_worker(tmp_path: Path) -> None:
    here = Jobs(tmp_path, HeldWork())
    job = await here.submit(wanted=True)
    for attempt in range(1, 6):
        assert await here.records.claim()
        await here.records.update(job.job_id, attempt, Job.queued_again)
    assert await here.records.claim()
    here.service.clock.advance(DEAD)
    await here.recover()
    assert await here.recover() == 1
    assert (await here.records.get(job.job_id)).state is JobState.QUEUED


async def test_a_job_that_nobody_awaits_is_cancelled_unless_it_is_wanted(tmp_path: Path) -> None:
    here = Jobs(tmp_path, HeldWork())
    left, wanted = await here.submit(), await here.submit(wanted=True)
    here.service.clock.advance(DEAD)
    await here.recover()
    assert await here.recover() == 1
    assert (await here.records.get(left.job_id)).state is JobState.CANCELLED
    assert (await here.records.get(wanted.job_id)).state is JobState.QUEUED


async def test_a_dead_worker_of_a_job_that_nobody_awaits_ends_it(tmp_path: Path) -> None:
    here = Jobs(tmp_path, HeldWork())
    job = await here.submit()
    await here.records.claim()
    here.service.clock.advance(DEAD)
    for _ in range(3):
        await here.recover()
    ended = await here.records.get(job.job_id)
    assert ended.failure is not None
    assert ended.failure.code == "interrupted"
    assert (await here.task(job.job_id)).state is State.FAILED


async def test_two_recoveries_at_once_take_over_once(tmp_path: Path) -> None:
    here = Jobs(tmp_path, HeldWork())
    job = await here.submit(wanted=True)
    await here.records.claim()
    here.service.clock.advance(DEAD)
    await here.recover()
    await asyncio.gather(here.recover(), here.recover())
    assert (await here.records.get(job.job_id)).attempt == 1
    second = await here.records.claim()
    assert second is not None
    assert second.attempt == 2
    with pytest.raises(LeaseLost):
        await here.records.renew(job.job_id, 1)


async def test_records_of_a_week_ago_are_deleted_now_and_then(tmp_path: Path) -> None:
    here = Jobs(tmp_path, HeldWork())
    job = await here.submit()
    await here.cancel(job.job_id)
    await here.recover()
    here.service.clock.advance(timedelta(days=8))
    for _ in range(720):
        assert await here.records.get(job.job_id)
        await here.recover()
    with pytest.raises(JobNotFound):
        await here.records.get(job.job_id)
