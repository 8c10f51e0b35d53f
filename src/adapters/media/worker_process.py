"""The media worker's own process: it forks a process for each file, and opens no file itself.

It has one thread and all modules loaded, so a fork is quick and safe here, unlike in the service
with its threads.
"""

import os
import resource
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from adapters.cage import confine
from adapters.media import limits
from adapters.media.messages import (
    LONGEST,
    Job,
    Kind,
    Order,
    Refusal,
    Stop,
    decode,
    encode,
    write,
)
from domain.rendering.used_resources import UsedResources
from domain.shared.errors import BachataError

Task = Callable[[int, Job], object]
"""Does a job with an open file: returns the answer, or an iterator of its parts as bytes."""
Prepare = Callable[[], None]
"""Loads the modules of a task before the first fork for it."""

_DATAGRAM: Final = 65_536
_COLLECTED: Final = 1.0
"""Seconds after which ended processes are collected even without a signal."""


class Worker:
    """Forks a process for every job, and kills it when an order says so."""

    def __init__(
        self,
        tasks: Mapping[str, Task],
        prepared: Mapping[str, Prepare],
        *,
        filters: bool,
        control: socket.socket,
    ) -> None:
        """Take the tasks and preparations by name, whether to filter system calls, and the socket
        of orders.
        """
        self._tasks = tasks
        self._prepared = dict(prepared)
        self._filters = filters
        self._control = control
        self._running: dict[int, int] = {}
        """Process ids by job numbers."""

    def serve(self) -> None:
        """Work until the service closes the standard input, or ends."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, _noticed)
        woken, wake = os.pipe()
        for end in (woken, wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake)
        while True:
            ready, _, _ = select.select([0, self._control, woken], [], [], _COLLECTED)
            if woken in ready:
                os.read(woken, 4096)
            self._collect()
            if 0 in ready:
                # The service has closed the standard input, or has ended.
                return
            if self._control in ready:
                self._take()

    def _take(self) -> None:
        body, files, _, _ = socket.recv_fds(self._control, _DATAGRAM, 2)
        if not body:
            raise SystemExit
        try:
            order = decode(body, Order).order
            if isinstance(order, Stop):
                if (process := self._running.get(order.number)) is not None:
                    os.kill(process, signal.SIGKILL)
            else:
                self._start(order, *files)
        finally:
            for file in files:
                os.close(file)

    def _start(self, job: Job, source: int, answers: int) -> None:
        if (prepare := self._prepared.pop(job.task, None)) is not None:
            prepare()
        parent = os.getpid()
        process = os.fork()
        if process:
            self._running[job.number] = process
            return
        # From here on this is the job's process, and never returns.
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._control.close()
            confine.die_with(parent)
            confine.limit("RLIMIT_AS", limits.MEMORY)
            resource.setrlimit(resource.RLIMIT_CPU, (limits.PATIENCE, limits.CPU_SECONDS))
            if self._filters:
                confine.filter_calls(forks=False)
            _answer(self._tasks[job.task], job, source, answers)
        finally:
            os._exit(0)

    def _collect(self) -> None:
        while True:
            try:
                process, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not process:
                return
            self._running = {n: each for n, each in self._running.items() if each != process}


def _noticed(number: int, frame: object) -> None:
    """Do nothing: Python writes the signal's number to the pipe, which wakes the loop."""


def _answer(task: Task, job: Job, source: int, answers: int) -> None:
    """Do a job, and write its answer, its refusal, or the traceback of a bug."""
    try:
        kind, body = _outcome(task, job, source, answers)
        write(answers, Kind.USED, encode(_used()))
        write(answers, kind, body)
    except BrokenPipeError:
        # The receiver has stopped reading.
        return


def _outcome(task: Task, job: Job, source: int, answers: int) -> tuple[Kind, bytes]:
    """Do a job, write the parts of its answer, and return the message that ends it."""
    try:
        answer: Any = task(source, job)
        if isinstance(answer, Iterator):
            for part in cast(Iterator[bytes], answer):
                _write_part(answers, memoryview(part))
            answer = None
        return Kind.ANSWER, encode(answer)
    except BachataError as error:
        refusal = Refusal(code=error.code, message=str(error)[:2_000], details=error.details)
        return Kind.REFUSAL, encode(refusal)
    except MemoryError:
        return Kind.REFUSAL, encode(Refusal(code="memory", message=""))
    except BrokenPipeError:
        raise
    except Exception:
        return Kind.FAULT, traceback.format_exc()[-8_000:].encode(errors="replace")


def _used() -> UsedResources:
    """Return the resources of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    # In bytes on macOS (getrusage(2)).
    unit = 1 if sys.platform == "darwin" else 1024
    return UsedResources(
        cpu_seconds=used.ru_utime + used.ru_stime, peak_memory_bytes=used.ru_maxrss * unit
    )


def _write_part(answers: int, part: memoryview) -> None:
    for at in range(0, len(part), LONGEST):
        write(answers, Kind.PART, bytes(part[at : at + LONGEST]))


def serve(tasks: Mapping[str, Task], prepared: Mapping[str, Prepare]) -> None:
    """Run as the media worker; ``sys.argv`` ends with the control socket's number and a flag."""
    number, filters = int(sys.argv[-2]), sys.argv[-1] == "filter"
    control = socket.socket(fileno=number)
    Worker(tasks, prepared, filters=filters, control=control).serve()
