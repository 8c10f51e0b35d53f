"""Measure what grows with the number of films and of stored items."""

import os
import shutil
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

from benchmarks.job import Job, anew
from benchmarks.measure import Way, Worker, memory, threads
from benchmarks.ours import film_of
from benchmarks.serving import serving

LOOKED_AT: Final = (1, 20, 50, 100, 150, 200)
"""Films after which the server is looked at."""
WARMED: Final = 20
"""Films after which nothing may grow."""
GROWN: Final = 1.05
"""Memory that is not more than this much of what it was has not grown."""
SMALL: Final = 1000
"""Bytes of a file that fills a folder."""


class Look(msgspec.Struct, frozen=True):
    """A server after so many films."""

    films: int
    descriptors: int
    threads: int
    files: int
    """In its data folder, at any depth."""
    memory: int
    """Bytes."""


def soak(job: Job, films: int) -> Generator[Look]:
    """Ask one server for a film again and again, and remove each; look at it now and then."""
    with serving(job.data, job.fresh(".log")) as server:
        for number in range(1, films + 1):
            blueprint = anew(job.blueprint)
            server.assemble(blueprint)
            film_of(job.data, blueprint).unlink()
            if number in LOOKED_AT or number == films:
                yield _look(number, server.process, job.data)


def _look(films: int, process: int, data: Path) -> Look:
    descriptors = sum(1 for _ in Path(f"/proc/{process}/fd").iterdir())
    files = sum(len(names) for _, _, names in os.walk(data))
    return Look(films, descriptors, threads(process), files, memory(process))


def verdict(looks: Sequence[Look]) -> list[str]:
    """Return a Markdown list that says if each value stayed flat after the server had warmed up."""
    first = next((look for look in looks if look.films >= WARMED), looks[0])
    last = looks[-1]
    grown = (
        ("file descriptors", last.descriptors > first.descriptors),
        ("threads", last.threads > first.threads),
        ("files", last.files > first.files),
        ("memory", last.memory > first.memory * GROWN),
    )
    between = f"from film {first.films} to film {last.films}"
    return [f"- {'MISSED' if more else 'met'}: no more {what} {between}" for what, more in grown]


def library(
    job: Job, sizes: Sequence[int], rounds: int, ways: dict[str, Way]
) -> dict[int, dict[str, float]]:
    """Median seconds of each way with so many files in the artifact cache and among the clips."""
    with ExitStack() as stack:
        workers: dict[int, list[Worker]] = {}
        for size in sizes:
            filled = _filled(job, size)
            workers[size] = [stack.enter_context(Worker(*way, filled)) for way in ways.items()]
            for worker in workers[size]:
                worker.run()
        walls = {size: {name: list[float]() for name in ways} for size in sizes}
        for _ in range(rounds):
            for size in sizes:
                for worker in workers[size]:
                    walls[size][worker.name].append(worker.run().wall)
    return {
        size: {way: median(each) for way, each in found.items()} for size, found in walls.items()
    }


def _filled(job: Job, size: int) -> Job:
    """The job over a data folder of its own with ``size`` more files in it, twice."""
    data = job.folder / f"data-{size}"
    shutil.copytree(job.data, data)
    for number in range(size):
        for folder in ("cache", "media/clips"):
            (data / folder / f"clip-{number:064x}").write_bytes(bytes(SMALL))
    return msgspec.structs.replace(job, data=data)
