"""Every job has one end, its task has the same, and nothing else is left of it."""

import asyncio
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

import httpx

from domain.jobs.job import ENDED, Job, JobState
from domain.rendering.assembly import FINAL, Assembly, State
from entrypoints.bootstrap import open_ports
from entrypoints.environment import from_environment
from tests.journeys.server import COMMAND, environment_of, until, working

SETTLED: Final = 60.0
"""Seconds after which a job that has not ended is stuck."""
GONE: Final = 2.0
"""Seconds in which FFmpeg has ended after its job."""
_OLD: Final = 7200.0
_SAME: Final[Mapping[JobState, State]] = {
    JobState.COMPLETED: State.COMPLETED,
    JobState.FAILED: State.FAILED,
    JobState.CANCELLED: State.CANCELLED,
}


class Ends(NamedTuple):
    """The ends of jobs, and what had to be removed."""

    jobs: dict[UUID, Job]
    tasks: dict[UUID, Assembly]
    removed: int

    def counted(self) -> str:
        """Return the number of jobs by state and number of starts."""
        number = Counter(f"{job.state} in start {job.attempt}" for job in self.jobs.values())
        return ", ".join(f"{count} {end}" for end, count in sorted(number.items()))


async def expect_one_end(
    data: Path, ids: Iterable[UUID], environment: Mapping[str, str] = {}, *folders: Path
) -> Ends:
    """Check that jobs have ended, that films exist for the completed ones alone, each once, and
    that no FFmpeg and no temporary file is left; ``folders`` are the data folders of processes.

    The recovery of an hour later runs first, when every process has ended.
    """
    ids = list(ids)
    settings = from_environment({**environment, "BACHATA_DATA_DIR": str(data)})
    async with open_ports(settings) as ports:
        jobs = {job_id: await ports.jobs.get(job_id) for job_id in ids}
        tasks = {job_id: await ports.tasks.get(job_id) for job_id in ids}
    for job_id, job in jobs.items():
        task = tasks[job_id]
        told = (job_id, job.state, job.attempt, job.failure, task.state, task.failure)
        assert job.state in ENDED, told
        assert task.state in FINAL, told
        assert task.state is _SAME[job.state], told
        assert (task.output_path is not None) == (task.state is State.COMPLETED), told
    kept = {task.output_path for task in tasks.values() if task.output_path}
    assert len(kept) == sum(job.state is JobState.COMPLETED for job in jobs.values())
    for folder in (data, *folders):
        assert working(folder) == []
    removed = await asyncio.to_thread(_recovered, data, environment, _stored(data, ids))
    assert _stored(data, ids) == kept
    for folder in (data / "work", data / "cache" / "making", data / "media" / ".incoming"):
        left = list(folder.glob("*"))
        assert left == [], left
    return Ends(jobs, tasks, removed)


async def all_ended(data: Path, ids: Iterable[UUID], environment: Mapping[str, str] = {}) -> float:
    """Wait until jobs and their tasks have ended; return the seconds that this took."""
    settings = from_environment({**environment, "BACHATA_DATA_DIR": str(data)})
    open_ids = set(ids)
    async with open_ports(settings) as ports:

        async def is_over() -> bool:
            for job_id in tuple(open_ids):
                job, task = await ports.jobs.get(job_id), await ports.tasks.get(job_id)
                if job.state in ENDED and task.state in FINAL:
                    open_ids.discard(job_id)
            return not open_ids

        return await until(is_over, within=SETTLED)


async def ready_again(client: httpx.AsyncClient) -> float:
    """Wait until a server is ready; return the seconds that this took."""

    async def is_ready() -> bool:
        try:
            return (await client.get("/health/ready")).status_code == 200
        except httpx.TransportError:
            return False

    return await until(is_ready, within=SETTLED)


def _stored(data: Path, ids: Iterable[UUID]) -> set[str]:
    """Storage paths of every file of these films, of whatever attempt."""
    media, names = data / "media", [str(each) for each in ids]
    found = (path for path in (media / "output").rglob("*") if path.is_file())
    return {
        path.relative_to(media).as_posix()
        for path in found
        if any(name in path.name for name in names)
    }


def _recovered(data: Path, environment: Mapping[str, str], stored: set[str]) -> int:
    """Run the recovery of the storage as it is after an hour; return how many films went."""
    before = time.time() - _OLD
    for path in stored:
        os.utime(data / "media" / path, (before, before))
    subprocess.run(
        [COMMAND, "recover"],
        env=environment_of(data, environment),
        check=True,
        capture_output=True,
        timeout=SETTLED,
    )
    return sum(not (data / "media" / path).exists() for path in stored)
