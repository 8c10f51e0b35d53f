"""A job that is handed over at any moment is made exactly once, and its film is never lost."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from application.rendering.attempt import Attempt
from domain.jobs.job import Job, JobState
from domain.rendering.assembly import State
from domain.shared.errors import MediaNotFound
from tests.cases.jobs.jobs_in_memory import Jobs
from tests.world.cancelling import Ending, Work, each_moment, ends
from tests.world.studio import CLIPS, OWNER, blueprint

TASK = UUID(int=1, version=4)
WANTED = blueprint(TASK, [CLIPS[0], CLIPS[1], CLIPS[0]])


def place(root: Path, **more: Any) -> Jobs:
    """A process with one job, which has not begun."""

    async def perform(_job: Job, _payload: str, attempt: Attempt) -> str:
        film = await here.service.assemble(WANTED, OWNER, attempt)
        return msgspec.json.encode(film).decode()

    here = Jobs(root, perform, **more)
    asyncio.run(here.submit(wanted=True, job_id=TASK))
    return here


def films(here: Jobs) -> set[str]:
    return {path for path in here.service.storage.objects if path.startswith("output/")}


def made_in_the_end(here: Jobs, where: object) -> None:
    """Run the job until it has ended; look at what there is then."""
    for _ in range(3):
        asyncio.run(here.run())
    job = asyncio.run(here.records.get(TASK))
    task = here.service.final(TASK)
    assert (job.state, task.state) == (JobState.COMPLETED, State.COMPLETED), where
    assert ends(here.service.tasks, TASK) == [State.COMPLETED], where
    assert task.output_path in films(here), where
    assert here.service.workspace.open == set(), where
    assert job.result is not None
    assert msgspec.json.decode(job.result)["task_id"] == str(TASK)


def test_a_worker_that_ends_at_any_moment_hands_its_job_over(tmp_path: Path) -> None:
    places: dict[int, Jobs] = {}
    states: set[JobState] = set()

    def work(at: int) -> Work:
        places[at] = place(tmp_path / str(at))
        return places[at].run

    def look(at: int, ending: Ending) -> None:
        here = places[at]
        job = asyncio.run(here.records.get(TASK))
        assert job.state in (JobState.QUEUED, JobState.COMPLETED), (at, job)
        assert ending.struck or job.state is JobState.COMPLETED
        states.add(job.state)
        made_in_the_end(here, at)

    assert each_moment(work, look) > 40
    assert states == {JobState.QUEUED, JobState.COMPLETED}


@dataclass
class AtCall:
    """Does something at one of the calls of ports, counted from 0."""

    at: int
    strike: Callable[[], None] = lambda: None
    count: int = 0

    def around(self, port: Any, _name: str) -> Any:
        """Return the port, whose calls are counted."""
        return _Counted(port, self)

    def called(self) -> None:
        """Count a call."""
        if self.count == self.at:
            self.strike()
        self.count += 1


class _Counted:
    def __init__(self, port: Any, calls: AtCall) -> None:
        self._port = port
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if callable(found):
            self._calls.called()
        return found


def test_a_job_that_is_taken_over_at_any_call_is_made_once(tmp_path: Path) -> None:
    """The first worker does not notice it before it renews its lease, or writes."""
    at = 0
    for at in count():
        calls = AtCall(at)
        here = place(tmp_path / str(at), renewal=0.0, parts={"trouble": calls})

        def take_over(here: Jobs = here) -> None:
            entry: Any = here.records._entries[TASK]  # pyright: ignore[reportPrivateUsage]
            if entry.job.state is JobState.RUNNING:
                entry.job = entry.job.queued_again()

        calls.strike = take_over
        asyncio.run(here.run())
        struck = calls.count > at
        calls.strike = lambda: None
        made_in_the_end(here, at)
        if not struck:
            break
    assert at > 20


def test_a_job_whose_worker_dies_after_the_end_of_its_task_gets_the_end_of_the_task(
    tmp_path: Path,
) -> None:
    here = place(tmp_path)
    job = asyncio.run(here.records.claim())
    assert job is not None
    asyncio.run(here.service.assemble(WANTED, OWNER, Attempt(1, 600)))
    asyncio.run(here.cancel(TASK))
    here.service.clock.advance(here.recover._lease * 2)  # pyright: ignore[reportPrivateUsage]
    for _ in range(2):
        asyncio.run(here.recover())
    made_in_the_end(here, "recovered")
    assert asyncio.run(here.records.get(TASK)).attempt == 1


def test_a_job_whose_task_failed_before_its_worker_died_fails_as_its_task(tmp_path: Path) -> None:
    here = place(tmp_path)
    del here.service.storage.objects[CLIPS[0]]
    asyncio.run(here.records.claim())
    with pytest.raises(MediaNotFound) as raised:
        asyncio.run(here.service.assemble(WANTED, OWNER, Attempt(1, 600)))
    asyncio.run(here.records.update(TASK, 1, Job.queued_again))
    asyncio.run(here.run())
    job = asyncio.run(here.records.get(TASK))
    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert (job.failure.code, job.failure.message) == ("media-not-found", str(raised.value))
