"""Measure the cost of a piece of work: each way in its own process, its runs one at a time."""

import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.job import Job

EVERY: Final = 0.02
"""Seconds between two looks at the memory of the processes below the measured one."""
PATIENCE: Final = 10.0
"""Seconds that a worker has to end in."""
_TICK: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class Run(msgspec.Struct, frozen=True):
    """One run, all set up; ``do`` is what is measured."""

    do: Callable[[], object]
    makes: Path
    """The file it leaves."""
    process: int = 0
    """Id of the process whose work it is; 0 is the one that calls ``do``."""


Way = Callable[[Job], Generator[Run]]
"""Makes films: each next run is set up when it is asked for, and measured once."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of a run."""

    wall: float
    """Seconds on the clock."""
    cpu: float
    """CPU seconds, user and system, of the process and of those below it that have ended."""
    process: int
    """Most bytes of the process that were in memory at a time, since it was started (VmHWM)."""
    below: int
    """Most bytes in memory of all processes below it, FFmpeg's, added up; a look every 20 ms."""
    size: int
    """Bytes of the result."""
    lasts: float
    """Seconds of the result, where it is a film that was looked at."""


class Worker:
    """A way in its own process; it ends with the context."""

    def __init__(self, name: str, way: Way, job: Job) -> None:
        self.name = name
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, way, job), name=name)
        self._process.start()
        theirs.close()

    def __enter__(self) -> "Worker":
        """Give the worker."""
        return self

    def __exit__(self, *_: object) -> None:
        """End its process."""
        self._line.close()
        self._process.join(PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def run(self, length: Callable[[Path], float] | None = None) -> Cost:
        """Set up and measure one run; remove its result, after ``length`` has looked at it.

        Raises RuntimeError when the worker has failed; it has told why on stderr.
        """
        try:
            self._line.send("set up")
            process, makes = self._line.recv()
            # What others wrote is on the disk before this one begins.
            os.sync()
            self._line.send("run")
            below = 0
            while not self._line.poll(EVERY):
                below = max(below, memory_below(process))
            wall, cpu = self._line.recv()
        except (EOFError, BrokenPipeError):
            raise RuntimeError(f"{self.name} has failed.") from None
        peak, size = peak_memory(process), makes.stat().st_size
        lasts = length(makes) if length else 0.0
        makes.unlink()
        return Cost(wall=wall, cpu=cpu, process=peak, below=below, size=size, lasts=lasts)


def _work(line: "Connection[Any, Any]", way: Way, job: Job) -> None:
    """Run as a worker: one run for each message on the connection."""
    with suppress(EOFError), closing(way(job)) as runs:
        while line.recv():
            run = next(runs)
            process = run.process or os.getpid()
            line.send((process, run.makes))
            line.recv()
            before, began = spent(process), time.perf_counter()
            run.do()
            wall = time.perf_counter() - began
            line.send((wall, spent(process) - before))


def spent(process: int) -> float:
    """CPU seconds of a process and of its ended children; of another than this one, in ticks."""
    if process == os.getpid():
        both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(each.ru_utime + each.ru_stime for each in both)
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICK


def peak_memory(process: int) -> int:
    """Most bytes in memory since a process was started."""
    return _status(process, "VmHWM") * 1024


def threads(process: int) -> int:
    """Return the number of threads of a process."""
    return _status(process, "Threads")


def _status(process: int, name: str) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def memory(process: int) -> int:
    """Bytes in memory of a process; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def memory_below(process: int) -> int:
    """Bytes in memory of all that a process has started, and what these have."""
    return sum(memory(child) + memory_below(child) for child in _children(process))


def _children(process: int) -> list[int]:
    found: list[int] = []
    try:
        for task in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:
        return found
    return found
