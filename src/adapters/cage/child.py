"""A started program: its streams, its end, and the resources that it has used."""

import asyncio
import os
import re
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from application.concurrency.resource_meter import ResourceMeter, current_meter
from domain.rendering.used_resources import UsedResources

_FIRST_LOOK: Final = 0.01
_LONGEST_PAUSE: Final = 0.25
"""Seconds to the first look at a program's memory, and at most between two; each takes 30 us."""
_POLLING: Final = 0.02
"""Seconds between two looks where the system does not tell the end of a process (macOS)."""
_INEXACT: Final = 16 * 2**20
"""Bytes by which the system's count of a process with many threads may be wrong."""
_PEAK: Final = re.compile(rb"^VmHWM:\s*(\d+) kB$", re.MULTILINE)
_RSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024
"""Bytes of the unit of `ru_maxrss` (getrusage(2) of Linux and of macOS)."""


class Child:
    """A program that runs, or has ended, and leads a session of its own.

    A thread of its own awaits its end, because asyncio takes the status of a process without the
    resources that it has used. `ending.end` must be called in any case.
    """

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        """Take a process that was just started."""
        self.pid = process.pid
        self.returncode: int | None = None
        """Exit status, negative for a signal; None while the program runs."""
        self.used = UsedResources()
        """Set when the program has ended."""
        self.stdin: asyncio.StreamWriter | None = None
        self.stdout: asyncio.StreamReader | None = None
        self.stderr: asyncio.StreamReader | None = None
        self._process = process
        pipes = (process.stdout, process.stderr, process.stdin)
        self._unconnected = [pipe for pipe in pipes if pipe is not None]
        self._transports: list[asyncio.BaseTransport] = []
        self._lock = threading.Lock()
        self._reaped = False
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def watch(self) -> None:
        """Begin to wait for the end; raises RuntimeError, and kills the program, if it cannot."""
        thread = threading.Thread(
            target=self._awaited,
            args=(_own_peak(), current_meter(), asyncio.get_running_loop()),
            name=f"waiting for the process {self.pid}",
            daemon=True,
        )
        try:
            thread.start()
        except RuntimeError:
            self._process.kill()
            self._process.wait()
            self._process.__exit__(None, None, None)
            raise

    async def wait(self) -> int:
        """Wait for the end, and return the exit status."""
        return await asyncio.shield(self._ended)

    def kill(self) -> None:
        """Kill the program and all of its session, unless it has ended."""
        with self._lock:
            # Afterwards its number may be that of another process.
            if not self._reaped:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, signal.SIGKILL)

    async def connect(self) -> None:
        """Open the streams; `close` closes them."""
        self.stdout = await self._reader(self._process.stdout)
        self.stderr = await self._reader(self._process.stderr)
        if (pipe := self._process.stdin) is not None:
            protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader())
            loop = asyncio.get_running_loop()
            transport, _ = await loop.connect_write_pipe(lambda: protocol, pipe)
            self._transports.append(transport)
            self._unconnected.remove(pipe)
            self.stdin = asyncio.StreamWriter(transport, protocol, None, loop)

    def close(self) -> None:
        """Close the streams."""
        for transport in self._transports:
            transport.close()
        for pipe in self._unconnected:
            pipe.close()
        self._unconnected.clear()

    async def _reader(self, pipe: IO[bytes] | None) -> asyncio.StreamReader:
        assert pipe is not None  # noqa: S101 - `start` asks for both
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        self._transports.append(transport)
        self._unconnected.remove(pipe)
        return reader

    def _awaited(
        self, inherited: int, meter: ResourceMeter | None, loop: asyncio.AbstractEventLoop
    ) -> None:
        """Wait for the end in a thread, look at the memory meanwhile, and report both."""
        peak, pause = 0, _FIRST_LOOK
        with _EndOf(self.pid) as over:
            while (end := self._reap(over, pause)) is None:
                pause = min(2 * pause, _LONGEST_PAUSE)
                peak = max(peak, _peak_of(self.pid))
                if meter is not None:
                    meter.holds(self, peak)
        status, usage = end
        # The system counts the service's memory at the time of the start as that of the program,
        # because for a moment both are one process. What exceeds it is the program's own.
        largest = usage.ru_maxrss * _RSS_UNIT
        peak = largest if largest > inherited + _INEXACT else peak
        used = UsedResources(cpu_seconds=usage.ru_utime + usage.ru_stime, peak_memory_bytes=peak)
        if meter is not None:
            meter.holds(self, peak)
            meter.computed(used.cpu_seconds)
            meter.ended(self)
        self._process.returncode = status
        # The event loop is closed, so nobody waits for the end.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._settle, status, used)

    def _reap(self, over: "_EndOf", pause: float) -> tuple[int, resource.struct_rusage] | None:
        """Return the exit status and the resources of the program; None if it still runs."""
        over.wait(pause)
        with self._lock:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            self._reaped = pid != 0
        return (os.waitstatus_to_exitcode(status), usage) if pid else None

    def _settle(self, status: int, used: UsedResources) -> None:
        self.returncode, self.used = status, used
        self._ended.set_result(status)


class _EndOf:
    """Waits for the end of a process without taking its status."""

    def __init__(self, pid: int) -> None:
        self._file: int | None = None
        with suppress(AttributeError, OSError):
            # Linux 5.3 or newer.
            self._file = os.pidfd_open(pid)
        self._poll: Callable[[float], object] = time.sleep
        if self._file is not None:
            poll = select.poll()
            poll.register(self._file, select.POLLIN)
            self._poll = lambda seconds: poll.poll(1000 * seconds)

    def __enter__(self) -> "_EndOf":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            os.close(self._file)

    def wait(self, seconds: float) -> None:
        """Wait for the end, or some time."""
        self._poll(seconds if self._file is not None else min(seconds, _POLLING))


def _own_peak() -> int:
    """Return the most memory of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


def _peak_of(pid: int) -> int:
    """Return the most memory of a running process so far, in bytes; 0 if it is not known."""
    try:
        status = Path(f"/proc/{pid}/status").read_bytes()
    except OSError:
        return 0
    peak = _PEAK.search(status)
    return 1024 * int(peak[1]) if peak else 0
