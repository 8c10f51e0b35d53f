"""End the process in time after a signal, even if something hangs.

A separate thread receives signals through the file descriptor that Python's C code writes them to,
because the main thread may hang in C code. After the deadline it logs the running work, kills the
child processes, and exits. If even this thread cannot run, because C code holds the interpreter
lock, faulthandler exits a little later.
"""

import asyncio
import faulthandler
import logging
import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from application.concurrency.timeouts import stack_of

_log = logging.getLogger("bachata.exit")

IMPATIENT: Final = 3.0
"""Seconds that remain after the second signal."""
CLOSING: Final = 5.0
"""Maximum seconds for an event loop to close, and then for the interpreter."""
LAST: Final = 1.0
"""The last seconds before the deadline, reserved for faulthandler; the log may use half of them."""
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that tell a process to end."""
_STOP: Final = b"\0"
_STDERR: Final = 2

T = TypeVar("T")


class ExitDeadline:
    """A context manager that ends the process ``seconds`` after a signal.

    Only signals with a Python handler count; others end the process immediately. Each further
    signal shortens the time. Without a signal nothing happens.
    """

    def __init__(self, seconds: float, impatient: float = IMPATIENT) -> None:
        """Take the seconds after the first signal, and after the second."""
        self._seconds = max(seconds, 2 * LAST)
        self._impatient = impatient
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._before = -1
        self._signaled = False
        self._watching = threading.Thread(target=self._watch, name="exit deadline", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> Self:
        """Start to watch for signals; only in the main thread."""
        self._before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._watching.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop watching; after a signal the deadline stays."""
        signal.set_wakeup_fd(self._before)
        if self._signaled:
            return
        self._writer.send(_STOP)
        self._watching.join(LAST)
        if not self._watching.is_alive():
            self._reader.close()
            self._writer.close()

    def watches(self, loop: asyncio.AbstractEventLoop) -> None:
        """Include the tasks of a loop in the log at the deadline."""
        self._loop = loop

    def _watch(self) -> None:
        number = self._signal(None)
        if number is None:
            return
        self._signaled = True
        until = time.monotonic() + self._seconds - LAST
        faulthandler.dump_traceback_later(self._seconds, exit=True, file=_STDERR)
        least = self._impatient
        while (seconds := until - time.monotonic()) > 0:
            if self._signal(seconds) is not None:
                until = min(until, time.monotonic() + least)
                least = 0.0
        exit_now(128 + number, self._loop)

    def _signal(self, seconds: float | None) -> int | None:
        """Return the next signal within ``seconds``; None if there is none."""
        self._reader.settimeout(seconds)
        try:
            while received := self._reader.recv(1):
                if received == _STOP and seconds is None:
                    return None
                if received[0] in SIGNALS:
                    return received[0]
        except TimeoutError:
            return None
        return None


def run(work: Coroutine[Any, Any, T], deadline: ExitDeadline | None = None) -> T:
    """Run ``work`` in a new event loop like `asyncio.run`, whose closing may hang for ever.

    Closing waits for abandoned work; after `CLOSING` seconds this exits.
    """
    runner = asyncio.Runner()
    status = 1
    try:
        if deadline is not None:
            deadline.watches(runner.get_loop())
        result = runner.run(work)
        status = 0
    finally:
        with exits_within(CLOSING, status):
            runner.close()
    return result


@contextmanager
def exits_within(seconds: float, status: int) -> Generator[None]:
    """Exit with ``status`` if the block takes longer than ``seconds``."""
    over = threading.Event()

    def wait() -> None:
        if not over.wait(seconds):
            exit_now(status, None)

    threading.Thread(target=wait, name="exit deadline", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def exit_after_threads(status: int) -> None:
    """Let the interpreter end, which waits for threads; exit with ``status`` if it does not."""

    def wait() -> None:
        time.sleep(CLOSING)
        exit_now(status, None)

    threading.Thread(target=wait, name="exit deadline", daemon=True).start()


def exit_now(status: int, loop: asyncio.AbstractEventLoop | None) -> None:
    """Log the running work, kill the child processes, and exit."""
    # A thread that holds the log's lock, or a closed pipe, must not block this.
    telling = threading.Thread(target=_tell, args=(loop,), daemon=True)
    telling.start()
    telling.join(LAST / 2)
    kill_children()
    os._exit(status)


def _tell(loop: asyncio.AbstractEventLoop | None) -> None:
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    ours = {threading.get_ident()}
    # There is no public way to get the stacks of threads.
    frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage]
    threads = {
        f"{names.get(ident, 'unknown')} ({ident})": _places(traceback.extract_stack(frame))
        for ident, frame in frames.items()
        if ident not in ours and names.get(ident) != "exit deadline"
    }
    tasks = {task.get_name(): stack_of(task) for task in asyncio.all_tasks(loop)} if loop else {}
    facts = {"threads": threads, "tasks": tasks}
    _log.critical("the process ends before all work has ended", extra=facts)


def _places(stack: traceback.StackSummary) -> list[str]:
    return [f"{each.filename}:{each.lineno} {each.name}" for each in stack]


def kill_children() -> None:
    """Kill the child processes, each with its process group if it leads one."""
    for pid in _children():
        try:
            if os.getpgid(pid) == pid:
                os.killpg(pid, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue


def _children() -> Generator[int]:
    """Yield the ids of the child processes; only on Linux."""
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in brackets, may itself contain brackets and spaces.
            state, parent = place.read_text(errors="replace").rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if int(parent) == os.getpid() and state != "Z":
            yield int(place.parent.name)
