"""The contract of every JobRepository: memory and each real database."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec
import pytest

from adapters.database.engine import open_database
from adapters.database.jobs import SqlJobRepository
from adapters.database.tasks import SqlTaskRepository
from adapters.memory.jobs import MemoryJobRepository
from adapters.memory.tasks import MemoryTaskRepository
from application.ports.jobs import IdempotencyKey, JobRepository, Submission
from application.ports.tasks import TaskRepository
from domain.jobs.admission import Admission
from domain.jobs.errors import JobNotFound, KeyReused, LeaseLost, ServiceFull
from domain.jobs.job import Job, JobKind, JobState, Lane, Priority
from domain.jobs.outcome import JobFailure
from domain.rendering.assembly import Assembly
from domain.shared.errors import CallerBusy, TaskNotFound, TaskTaken
from domain.shared.violations import Violation
from domain.storage.quota import QuotaExceeded

pytestmark = pytest.mark.anyio

NOW = datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC)
ALREADY = timedelta(hours=-1)
"""One hour ahead: whatever was written is older."""
HOUR = timedelta(hours=1)


class Stores(NamedTuple):
    jobs: JobRepository
    tasks: TaskRepository


@pytest.fixture
async def stores(database_url: str | None) -> AsyncGenerator[Stores]:
    if database_url is None:
        tasks = MemoryTaskRepository()
        yield Stores(MemoryJobRepository(tasks), tasks)
        return
    async with open_database(database_url) as database:
        yield Stores(SqlJobRepository(database), SqlTaskRepository(database))


@pytest.fixture
def jobs(stores: Stores) -> JobRepository:
    return stores.jobs


def job(owner: str = "local", **fields: object) -> Job:
    new = Job(job_id=uuid4(), kind=JobKind.GENERATE, owner=owner, created_at=NOW)
    return msgspec.structs.replace(new, **fields)


def submission(new: Job, **fields: object) -> Submission:
    return msgspec.structs.replace(Submission(job=new, payload="{}"), **fields)


def task_of(new: Job) -> Assembly:
    return Assembly(task_id=new.job_id, owner=new.owner, created_at=NOW, updated_at=NOW)


def key(name: str = "k", fingerprint: str = "f") -> IdempotencyKey:
    return IdempotencyKey(key=name, fingerprint=fingerprint)


async def started(jobs: JobRepository) -> Job:
    new = await jobs.submit(submission(job()))
    claimed = await jobs.claim(new.job_id)
    assert claimed is not None
    return claimed


async def test_a_submitted_job_is_read_with_its_payload(jobs: JobRepository) -> None:
    payload = '{"text": "\\u0000 \U0001f483 \' %"}'
    new = await jobs.submit(submission(job(), payload=payload))
    assert await jobs.get(new.job_id) == new
    assert await jobs.payload(new.job_id) == payload


async def test_a_job_and_its_task_are_recorded_together(stores: Stores) -> None:
    new = job()
    await stores.jobs.submit(submission(new, task=task_of(new)))
    assert await stores.tasks.get(new.job_id) == task_of(new)


async def test_a_taken_task_leaves_neither_job_nor_key(stores: Stores) -> None:
    new = job()
    await stores.tasks.add(task_of(new))
    with pytest.raises(TaskTaken):
        await stores.jobs.submit(submission(new, task=task_of(new), key=key()))
    with pytest.raises(JobNotFound):
        await stores.jobs.get(new.job_id)
    other = job()
    assert await stores.jobs.submit(submission(other, key=key())) == other


async def test_a_refused_job_leaves_neither_task_nor_key(stores: Stores) -> None:
    new = job()
    with pytest.raises(ServiceFull):
        refused = submission(new, task=task_of(new), key=key(), admission=Admission(most=0))
        await stores.jobs.submit(refused)
    with pytest.raises(TaskNotFound):
        await stores.tasks.get(new.job_id)
    other = job()
    assert await stores.jobs.submit(submission(other, key=key())) == other


async def test_an_id_is_taken_once(jobs: JobRepository) -> None:
    new = await jobs.submit(submission(job()))
    with pytest.raises(TaskTaken):
        await jobs.submit(submission(msgspec.structs.replace(new, owner="other")))
    assert await jobs.get(new.job_id) == new


async def test_the_same_key_submits_one_job(jobs: JobRepository) -> None:
    rivals = [jobs.submit(submission(job(), key=key())) for _ in range(20)]
    got = await asyncio.gather(*rivals)
    assert len({each.job_id for each in got}) == 1


async def test_a_key_returns_the_job_as_it_is_now(jobs: JobRepository) -> None:
    new = await jobs.submit(submission(job(), key=key()))
    await jobs.claim(new.job_id)
    await jobs.update(new.job_id, 1, lambda each: each.completed('{"a": 1}'))
    again = await jobs.submit(submission(job(), key=key(), admission=Admission(most=0)))
    assert (again.job_id, again.state, again.result) == (
        new.job_id,
        JobState.COMPLETED,
        '{"a": 1}',
    )


async def test_a_refusal_refuses_new_work_alone_and_leaves_nothing(stores: Stores) -> None:
    kept, new = await stores.jobs.submit(submission(job(), key=key())), job()
    refusal = QuotaExceeded("No room.")
    again = submission(job(), key=key(), refusal=refusal)
    assert await stores.jobs.submit(again) == kept
    with pytest.raises(QuotaExceeded, match="No room"):
        await stores.jobs.submit(
            submission(new, task=task_of(new), key=key("other"), refusal=refusal)
        )
    with pytest.raises(TaskNotFound):
        await stores.tasks.get(new.job_id)
    other = job()
    assert await stores.jobs.submit(submission(other, key=key("other"))) == other


async def test_a_key_is_refused_for_another_request(jobs: JobRepository) -> None:
    await jobs.submit(submission(job(), key=key()))
    with pytest.raises(KeyReused):
        await jobs.submit(submission(job(), key=key(fingerprint="g")))


async def test_keys_of_callers_and_cases_differ(jobs: JobRepository) -> None:
    rivals = [job(), job("other"), job()]
    for new, name in zip(rivals, ("k", "k", "K"), strict=True):
        assert await jobs.submit(submission(new, key=key(name))) == new


@pytest.mark.parametrize(
    ("admission", "refused"),
    [
        (Admission(most=3, most_of_one=None), ServiceFull),
        (Admission(most=99, most_of_one=3), CallerBusy),
    ],
)
async def test_of_many_at_once_the_admitted_number_is_taken(
    jobs: JobRepository, admission: Admission, refused: type[Exception]
) -> None:
    rivals = [jobs.submit(submission(job(), admission=admission)) for _ in range(12)]
    results = await asyncio.gather(*rivals, return_exceptions=True)
    assert sum(isinstance(result, Job) for result in results) == 3
    assert sum(isinstance(result, refused) for result in results) == 9


async def test_ended_jobs_and_those_of_others_count_for_nobody(jobs: JobRepository) -> None:
    one = Admission(most=99, most_of_one=1)
    first = await jobs.submit(submission(job(), admission=one))
    await jobs.submit(submission(job("other"), admission=one))
    await jobs.request_cancel(first.job_id)
    assert await jobs.submit(submission(job(), admission=one))


async def test_running_jobs_count_unless_any_number_of_workers_may_run_them(
    jobs: JobRepository,
) -> None:
    waiting = Admission(most=1, most_of_one=None, counts_running=False)
    for _ in range(3):
        await jobs.submit(submission(job(), admission=waiting))
        with pytest.raises(ServiceFull, match="1 films are waiting"):
            await jobs.submit(submission(job(), admission=waiting))
        assert await jobs.claim() is not None
    with pytest.raises(ServiceFull, match="3 films are being made or waiting"):
        await jobs.submit(submission(job(), admission=Admission(most=3, most_of_one=None)))


async def test_jobs_start_by_priority_and_then_by_age(jobs: JobRepository) -> None:
    later = [
        await jobs.submit(submission(job(priority=priority)))
        for priority in (Priority.BACKGROUND, Priority.INTERACTIVE, Priority.BACKGROUND)
    ]
    claimed = [await jobs.claim() for _ in range(4)]
    order = [each and each.job_id for each in claimed]
    assert order == [later[1].job_id, later[0].job_id, later[2].job_id, None]


async def test_a_claimed_job_is_running_with_its_next_attempt(jobs: JobRepository) -> None:
    claimed = await started(jobs)
    assert (claimed.state, claimed.attempt) == (JobState.RUNNING, 1)
    assert await jobs.get(claimed.job_id) == claimed
    assert await jobs.claim(claimed.job_id) is None


async def test_of_many_claims_each_job_goes_to_one(jobs: JobRepository) -> None:
    for _ in range(3):
        await jobs.submit(submission(job()))
    claimed = await asyncio.gather(*(jobs.claim() for _ in range(12)))
    assert len({each.job_id for each in claimed if each}) == 3
    assert claimed.count(None) == 9


async def test_an_outcome_comes_back_equal(jobs: JobRepository) -> None:
    failure = JobFailure(
        code="x",
        message="nul \0 \U0001f483",
        details="d",
        stage="fetching",
        violations=(Violation(path="$.a", message="is wrong"),),
    )
    claimed = await started(jobs)
    failed = await jobs.update(claimed.job_id, 1, lambda each: each.failed(failure))
    assert await jobs.get(claimed.job_id) == failed
    assert failed.failure == failure


async def test_only_the_running_attempt_changes_a_job(jobs: JobRepository) -> None:
    claimed = await started(jobs)
    await jobs.update(claimed.job_id, 1, Job.queued_again)
    second = await jobs.claim(claimed.job_id)
    assert second is not None
    assert second.attempt == 2
    for attempt in (0, 1, 3):
        with pytest.raises(LeaseLost):
            await jobs.update(claimed.job_id, attempt, Job.cancelled)
        with pytest.raises(LeaseLost):
            await jobs.renew(claimed.job_id, attempt)
    assert await jobs.get(claimed.job_id) == second


async def test_an_attempt_ends_once(jobs: JobRepository) -> None:
    claimed = await started(jobs)
    rivals = [
        jobs.update(claimed.job_id, 1, lambda each, n=n: each.completed(str(n))) for n in range(8)
    ]
    results = await asyncio.gather(*rivals, return_exceptions=True)
    assert sum(isinstance(result, LeaseLost) for result in results) == 7


async def test_a_queued_job_is_cancelled_at_once(jobs: JobRepository) -> None:
    new = await jobs.submit(submission(job()))
    assert (await jobs.request_cancel(new.job_id)).state is JobState.CANCELLED
    assert await jobs.claim() is None


async def test_a_running_job_is_asked_to_stop_and_hears_it(jobs: JobRepository) -> None:
    claimed = await started(jobs)
    assert not (await jobs.renew(claimed.job_id, 1)).cancelling
    asked = await jobs.request_cancel(claimed.job_id)
    assert (asked.state, asked.cancelling) == (JobState.RUNNING, True)
    assert (await jobs.renew(claimed.job_id, 1)).cancelling


async def test_an_ended_job_stays_as_it_is(jobs: JobRepository) -> None:
    claimed = await started(jobs)
    ended = await jobs.update(claimed.job_id, 1, lambda each: each.completed("1"))
    assert await jobs.request_cancel(claimed.job_id) == ended


async def test_a_lease_that_is_not_renewed_is_lost(jobs: JobRepository) -> None:
    claimed = await started(jobs)
    await jobs.submit(submission(job()))
    assert await jobs.lost(HOUR) == ()
    assert await jobs.lost(ALREADY) == (claimed,)


async def test_a_renewed_lease_is_not_lost(jobs: JobRepository) -> None:
    silent, alive = await started(jobs), await started(jobs)
    short = timedelta(seconds=0.05)
    until = asyncio.get_running_loop().time() + 30
    while (lost := await jobs.lost(short)) != (silent,):
        assert lost in ((), (alive,)) or silent in lost
        await jobs.renew(alive.job_id, 1)
        assert asyncio.get_running_loop().time() < until


async def test_jobs_that_nobody_waits_for_are_named_unless_they_are_wanted(
    jobs: JobRepository,
) -> None:
    left = await jobs.submit(submission(job()))
    await jobs.submit(submission(job(wanted=True)))
    ended = await jobs.submit(submission(job()))
    await jobs.request_cancel(ended.job_id)
    assert await jobs.unattended(HOUR) == ()
    assert await jobs.unattended(ALREADY) == (left,)


async def test_attended_jobs_are_not_named(jobs: JobRepository) -> None:
    left = await jobs.submit(submission(job()))
    attended = await jobs.submit(submission(job()))
    short = timedelta(seconds=0.05)
    until = asyncio.get_running_loop().time() + 30
    while await jobs.unattended(short) != (left,):
        await jobs.attend([attended.job_id])
        assert asyncio.get_running_loop().time() < until


async def test_old_ended_jobs_are_purged(jobs: JobRepository) -> None:
    ended = await jobs.submit(submission(job()))
    await jobs.request_cancel(ended.job_id)
    kept = await jobs.submit(submission(job()))
    assert await jobs.purge(HOUR) == 0
    assert await jobs.purge(ALREADY) == 1
    with pytest.raises(JobNotFound):
        await jobs.get(ended.job_id)
    assert await jobs.get(kept.job_id) == kept


@pytest.mark.parametrize("call", ["get", "payload", "renew", "update", "request_cancel"])
async def test_an_unknown_id_is_not_found(jobs: JobRepository, call: str) -> None:
    unknown = UUID(int=1)
    calls = {
        "get": lambda: jobs.get(unknown),
        "payload": lambda: jobs.payload(unknown),
        "renew": lambda: jobs.renew(unknown, 1),
        "update": lambda: jobs.update(unknown, 1, Job.cancelled),
        "request_cancel": lambda: jobs.request_cancel(unknown),
    }
    with pytest.raises(JobNotFound):
        await calls[call]()


async def test_it_says_where_the_jobs_are(jobs: JobRepository) -> None:
    said = await jobs.ready()
    assert said
    assert "/" not in said


async def test_queued_and_running_jobs_are_counted_by_lane(jobs: JobRepository) -> None:
    assert jobs_by_lane(await jobs.counts()) == {}
    for _ in range(2):
        await jobs.submit(submission(job()))
    await jobs.submit(submission(job(priority=Priority.SCRIPT, kind=JobKind.COMPOSE_SCRIPT)))
    for priority in (Priority.CHANGED, Priority.BACKGROUND):
        await jobs.submit(submission(job(priority=priority, kind=JobKind.PREPARE_ITEM)))
    assert jobs_by_lane(await jobs.counts()) == {
        (Lane.FILMS, JobState.QUEUED): 2,
        (Lane.SCRIPTS, JobState.QUEUED): 1,
        (Lane.LIBRARY, JobState.QUEUED): 2,
    }
    running = await jobs.claim()
    assert running is not None
    assert jobs_by_lane(await jobs.counts())[Lane.FILMS, JobState.RUNNING] == 1
    await jobs.update(running.job_id, running.attempt, lambda each: each.completed("{}"))
    counts = jobs_by_lane(await jobs.counts())
    assert (Lane.FILMS, JobState.RUNNING) not in counts
    assert counts[Lane.FILMS, JobState.QUEUED] == 1


def jobs_by_lane(counts: Mapping[tuple[Lane, JobState], int]) -> dict[tuple[Lane, JobState], int]:
    return {key: count for key, count in counts.items() if count}
