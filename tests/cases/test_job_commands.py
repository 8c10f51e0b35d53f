"""The commands that list, watch and cancel jobs, over ports in memory."""

import asyncio
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from adapters.memory.jobs import MemoryJobRepository
from domain.jobs.job import Job, JobState, Lane
from domain.jobs.outcome import recorded
from domain.shared.errors import DiskFull
from entrypoints.cli import exit_codes, jobs
from tests.api.memory_backend import MemoryBackend
from tests.world.commands import Run, commands_over
from tests.world.watched import WatchedJob


@pytest.fixture
def backend(tmp_path: Path) -> MemoryBackend:
    return MemoryBackend(tmp_path / "backend")


@pytest.fixture
def run(
    backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Generator[Run]:
    with commands_over(backend, monkeypatch, capsys) as command:
        yield command


def film(backend: MemoryBackend, *steps: str, owner: str = "local") -> UUID:
    """Record a job, and take some of its steps."""

    async def work() -> UUID:
        job = WatchedJob(backend.jobs, backend.job_events, owner)
        for step in ("submit", *steps):
            if step == "start":
                await backend.jobs.claim(job.job_id)
            elif step == "fail":
                await job.fail(DiskFull())
            else:
                await getattr(job, step)()
        return job.job_id

    return asyncio.run(work())


def listed(run: Run, *options: object) -> list[dict[str, Any]]:
    result = run("jobs", "list", "--json", *options)
    assert result.status == 0, result.err
    return json.loads(result.out)["items"]


def test_jobs_of_all_users_are_listed_by_state_and_kind(run: Run, backend: MemoryBackend) -> None:
    ended = film(backend, "start", "complete")
    running = film(backend, "start", owner="ana")
    queued = film(backend)
    assert [each["job_id"] for each in listed(run)] == [*map(str, (queued, running, ended))]
    assert [each["progress"] for each in listed(run)] == [0, 0, 100]
    for state, job_id in (("queued", queued), ("running", running), ("completed", ended)):
        assert [each["job_id"] for each in listed(run, "--state", state)] == [str(job_id)]
    assert listed(run, "--kind", "compose_script") == []
    assert len(listed(run, "--kind", "compose_script", "--kind", "generate")) == 3
    table = run("jobs", "list").out
    assert all(str(each) in table for each in (ended, running, queued))
    assert "ana" in table


def test_a_list_goes_on_where_it_ended(run: Run, backend: MemoryBackend) -> None:
    all_ids = [str(film(backend)) for _ in range(4)][::-1]
    first = json.loads(run("jobs", "list", "--limit", 3, "--json").out)
    rest = json.loads(run("jobs", "list", "--cursor", first["next_cursor"], "--json").out)
    ids = [each["job_id"] for page in (first, rest) for each in page["items"]]
    assert (ids, rest["next_cursor"]) == (all_ids, None)
    assert run("jobs", "list", "--cursor", "bm90aGluZw==").status == 1


def test_a_watch_ends_with_its_job(run: Run, backend: MemoryBackend) -> None:
    job_id = film(backend, "start", "complete")
    result = run("jobs", "watch", job_id)
    assert (result.status, result.out) == (0, "")
    assert f"The job {job_id} is completed." in result.err
    lines = run("jobs", "watch", job_id, "--json").out.splitlines()
    assert json.loads(lines[-1])["state"] == "completed"


def test_a_watch_fails_as_its_job_does(run: Run, backend: MemoryBackend) -> None:
    result = run("jobs", "watch", film(backend, "start", "fail"))
    assert result.status == exit_codes.DISK
    assert "The disk is full" in result.err
    cancelled = film(backend)
    assert run("jobs", "cancel", cancelled).status == 0
    result = run("jobs", "watch", cancelled)
    assert (result.status, "The job was cancelled." in result.err) == (1, True)


def test_a_queued_job_is_cancelled_at_once(run: Run, backend: MemoryBackend) -> None:
    job_id = film(backend)
    result = run("jobs", "cancel", job_id)
    assert result.status == 0
    assert f"The job {job_id} is cancelled." in result.err
    assert backend.final(job_id).state == "cancelled"


def test_a_job_whose_worker_is_away_is_asked_to_stop(
    run: Run, backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_ENDING", 0.05)
    job_id = film(backend, "start")
    result = run("jobs", "cancel", job_id)
    assert result.status == 0
    assert "is asked to stop; its worker has not ended it yet" in result.err
    assert asyncio.run(backend.jobs.get(job_id)).cancelling
    [job] = listed(run)
    assert (job["state"], job["cancelling"]) == ("running", True)


@pytest.mark.parametrize("command", ["watch", "cancel"])
def test_a_job_that_is_unknown_is_refused(run: Run, command: str) -> None:
    result = run("jobs", command, uuid4())
    assert (result.status, result.out) == (1, "")
    assert "There is no job with this id." in result.err
    assert run("jobs", command, "seven").status == 2


@pytest.mark.parametrize("steps", [("start", "complete"), ("start", "fail")])
def test_a_job_that_has_ended_is_not_cancelled(
    run: Run, backend: MemoryBackend, steps: tuple[str, ...]
) -> None:
    job_id = film(backend, *steps)
    before = asyncio.run(backend.jobs.get(job_id))
    result = run("jobs", "cancel", job_id, "--json")
    assert (result.status, result.out) == (1, "")
    assert f"The job is {before.state}, so it cannot be cancelled." in result.err
    assert asyncio.run(backend.jobs.get(job_id)) == before


def test_a_script_that_a_server_makes_is_made_once(
    run: Run, backend: MemoryBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server claims the job first; the command waits for its end and runs nothing."""
    attempts: list[int] = []
    claim = MemoryJobRepository.claim

    async def claimed(
        self: MemoryJobRepository, job_id: UUID | None = None, lane: Lane | None = None
    ) -> Job | None:
        if not attempts:
            of_server = await claim(self, job_id)
            assert of_server is not None
            attempts.append(of_server.attempt)
            failure = recorded(DiskFull())
            await self.update(of_server.job_id, 1, lambda job: job.failed(failure))
        job = await claim(self, job_id, lane)
        attempts.extend([] if job is None else [job.attempt])
        return job

    monkeypatch.setattr(MemoryJobRepository, "claim", claimed)
    text = tmp_path / "script.txt"
    text.write_text("Hola.")
    assert run("script", text).status == exit_codes.DISK
    assert attempts == [1]


def test_the_states_of_a_list_are_those_of_jobs() -> None:
    [option] = [each for each in jobs.list_jobs.params if each.name == "states"]
    assert msgspec.to_builtins(list(JobState)) == list(option.type.choices)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
