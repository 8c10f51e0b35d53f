"""The service's side of the media worker: it sends a file and receives one answer."""

import asyncio
import contextlib
import itertools
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

import anyio
from anyio.lowlevel import RunVar

from adapters.cage.cage import Cage, Limits, environment, modules, of_python
from adapters.media import limits
from adapters.media.answers import HARMED, MediaFault, answered
from adapters.media.messages import LONGEST, Job, Order, Stop, decode, encode
from application.concurrency.threads import FILES
from application.concurrency.timeouts import place_in
from application.concurrency.work_priority import Places
from domain.shared.errors import UnreadableMedia

T = TypeVar("T")

_START: Final = "import sys; sys.path[:] = sys.argv[1].split('\\n'); from {} import main; main()"
"""Runs with a list of module folders, one per line; Python imports from nowhere else."""
_ENDING: Final = 10.0
"""Maximum seconds to wait for the end of a killed process."""
_QUEUE_WAIT: Final = 60 * 60.0
"""Maximum seconds that a file waits in the queue; an import adds hundreds of clips at once."""
_PACKETS: Final = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM
"""Socket type that preserves message boundaries."""
_MOST_OUTPUT: Final = 4_000
"""Maximum bytes of a failed worker's last output."""
_log = logging.getLogger("bachata.media")


class MediaWorker:
    """Opens untrusted files in one caged process each, at most ``at_once`` at a time.

    It is a context manager. It starts the forking process at the first use and ends it on exit. If
    a call is cancelled, its process is killed and has ended when the call returns.
    """

    def __init__(self, main: str, *, cage: Cage | None = None, at_once: int = 2) -> None:
        """Take the module whose `main` runs as the worker, the cage, and the number of parallel
        files.
        """
        self._main = main
        self._cage = cage or Cage()
        self._at_once = at_once
        self._numbers = itertools.count()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._places: RunVar[Places] = RunVar(f"places of a media worker {id(self)}")

    def __enter__(self) -> Self:
        """Enter the context; nothing is started yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process and all processes that it forked."""
        self.close()

    async def ask(self, file: Path, task: str, kind: type[T], *, seconds: float, wait: float) -> T:
        """Run a task on a file, and return its answer as a ``kind``.

        A file longer than ``seconds`` is refused; the answer must come within ``wait`` seconds.
        Raises `UnreadableMedia`, `UnacceptedMedia`, `TooLarge`, and `MediaFault`.
        """
        _, answer = await self._done(file, task, seconds, wait, 0)
        try:
            return decode(answer, kind)
        except (ValueError, ArithmeticError):
            raise UnreadableMedia(HARMED) from None

    async def collect(
        self, file: Path, task: str, *, rate: int, seconds: float, wait: float
    ) -> list[bytes]:
        """Return all parts of an answer in several parts; raises as `ask`."""
        parts, _ = await self._done(file, task, seconds, wait, rate)
        return parts

    async def _done(
        self, file: Path, task: str, seconds: float, wait: float, rate: int
    ) -> tuple[list[bytes], bytes]:
        async with self._place():
            try:
                with anyio.fail_after(wait):
                    source = await _opened(file)
                    job = Job(number=next(self._numbers), task=task, seconds=seconds, rate=rate)
                    async with self._doing(job, source) as answers:
                        return await answered(answers)
            except TimeoutError:
                message = f"The service could not read the file within {wait:g} s."
                raise UnreadableMedia(message) from None

    @contextlib.asynccontextmanager
    async def _place(self) -> AsyncGenerator[None]:
        """Hold a place of this event loop; raises `WaitedTooLong`."""
        places = self._places.get(None)
        if places is None:
            places = Places(self._at_once)
            self._places.set(places)
        async with place_in(places.free, "a free place to read a file", _QUEUE_WAIT):
            yield

    @contextlib.asynccontextmanager
    async def _doing(self, job: Job, source: int) -> AsyncGenerator[asyncio.StreamReader]:
        """Run a job in a process, which has ended when the context exits for any reason."""
        reading, writing = os.pipe()
        answers = asyncio.StreamReader(limit=2 * LONGEST)
        try:
            # The pipe is opened first: after a cancellation here, no process has been started.
            transport, _ = await asyncio.get_running_loop().connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(answers), os.fdopen(reading, "rb", 0)
            )
            try:
                self._send(Order(job), [source, writing])
            except BaseException:
                transport.close()
                raise
        finally:
            os.close(source)
            os.close(writing)
        try:
            yield answers
        finally:
            await self._end(job, answers)
            transport.close()

    async def _end(self, job: Job, answers: asyncio.StreamReader) -> None:
        """Kill the process of a job unless it has ended, and wait for its end.

        The pipe closes when the process has ended.
        """
        if answers.at_eof():
            return
        with contextlib.suppress(OSError):
            self._send(Order(Stop(number=job.number)), [])
        with anyio.CancelScope(shield=True), anyio.move_on_after(_ENDING):
            while await answers.read(65_536):
                pass
            return
        _log.error("the process of a file did not end within %g s; all are ended", _ENDING)
        self.close()

    def _send(self, order: Order, files: list[int]) -> None:
        """Send an order; restarts the worker if it has ended."""
        body = encode(order)
        for _ in range(2):
            control = self._running()
            try:
                socket.send_fds(control, [body], files)
            except ConnectionError:
                self.close()
            else:
                return
        raise MediaFault("The media worker ends immediately after its start.")

    def _running(self) -> socket.socket:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._control is None:
            self._start()
        assert self._control is not None  # noqa: S101 - just started
        return self._control

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, _PACKETS)
        script = _START.format(self._main)
        program = [sys.executable, "-I", "-S", "-B", "-c", script, "\n".join(modules())]
        flag = "filter" if self._cage.filters else "open"
        command = self._cage.command(
            [*program, str(theirs.fileno()), flag],
            limits=Limits(
                cpu_seconds=2**31 - 1, file_bytes=0, memory_bytes=2 * limits.MEMORY, seconds=0
            ),
            reads=of_python(),
            forks=True,
        )
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own Python and module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env=environment(),
            )
        ours.settimeout(_ENDING)
        self._control = ours
        if self._process.stderr is not None:
            os.set_blocking(self._process.stderr.fileno(), False)

    def close(self) -> None:
        """End the process and all processes that it forked; a later call restarts it."""
        process, self._process = self._process, None
        control, self._control = self._control, None
        if control is not None:
            control.close()
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        try:
            process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            _log.error("the media worker was killed and has not ended after %g s", _ENDING)
        if process.stderr is not None:
            with process.stderr:
                if output := process.stderr.read(_MOST_OUTPUT):
                    _log.error("the media worker said: %s", output.decode(errors="replace"))
        if process.stdin is not None:
            process.stdin.close()


async def _opened(file: Path) -> int:
    """Return an open descriptor of a file; raises `UnreadableMedia` if it is not a regular file."""
    descriptors: list[int] = []
    unwanted = threading.Event()

    def open_file() -> None:
        # Without blocking: a named pipe may never get a writer.
        opened = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            os.close(opened)
            raise UnreadableMedia("This is not a regular file.")
        if unwanted.is_set():
            os.close(opened)
        else:
            descriptors.append(opened)

    try:
        await FILES.run(open_file)
    except OSError as error:
        raise UnreadableMedia(details=error.strerror) from None
    except BaseException:
        unwanted.set()
        for opened in descriptors:
            os.close(opened)
        raise
    return descriptors[0]
