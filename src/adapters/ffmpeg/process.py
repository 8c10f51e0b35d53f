"""A program run on a lead: it ends when it must, and takes nothing with it."""

import asyncio
import contextlib
import ctypes
import os
import re
import resource
import signal
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Final

import anyio
import msgspec

from domain.errors import FFmpegFailed

TAIL: Final = 20
"""Lines of stderr that are kept."""
_LONGEST_LINE: Final = 2_000
_PR_SET_PDEATHSIG: Final = 1

Line = Callable[[str], None]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the system lets one process have before it stops it."""

    cpu_seconds: int = 2 * 60 * 60
    file_bytes: int = 32 * 2**30
    memory_bytes: int = 12 * 2**30
    """Address space, of which a 4K encode uses a quarter."""


async def run(
    argv: Sequence[str],
    *,
    hear: Line | None = None,
    limits: Limits | None = None,
    tail: int = TAIL,
) -> list[str]:
    """Run a program to its end, telling ``hear`` each line of stdout; give stderr's last lines.

    Raises `FFmpegFailed` with those lines when it ends with anything but 0. When this is
    cancelled, or fails in any way, the program and its children are killed and have ended.
    """
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_lead(limits or Limits()),
    )
    last: deque[str] = deque(maxlen=tail)
    try:
        async with asyncio.TaskGroup() as readers:
            readers.create_task(_each_line(process.stdout, hear or _unheard))
            readers.create_task(_each_line(process.stderr, last.append))
        status = await process.wait()
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    finally:
        await _ended(process)
    lines = [without_folders(line, argv) for line in last]
    if status:
        raise FFmpegFailed(details="\n".join(lines) or f"It ended with status {status}.")
    return lines


def _unheard(line: str) -> None:
    """Nobody listens."""


async def _each_line(stream: asyncio.StreamReader | None, hear: Line) -> None:
    """Tell each line, and of an endless one its beginning, so that memory stays bounded."""
    if stream is None:
        return
    held = b""
    while chunk := await stream.read(65_536):
        *whole, held = re.split(rb"[\r\n]+", held + chunk)
        for line in whole:
            hear(line[:_LONGEST_LINE].decode(errors="replace"))
        held = held[:_LONGEST_LINE]
    if held:
        hear(held.decode(errors="replace"))


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Kill what still runs and wait for its end, however often the wait is cancelled."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    ending = asyncio.ensure_future(_emptied(process))
    with anyio.CancelScope(shield=True):
        while not ending.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([ending])


async def _emptied(process: asyncio.subprocess.Process) -> None:
    """Read what is left in the pipes: a full one would keep the end from being noticed."""
    for stream in (process.stdout, process.stderr):
        while stream is not None and await stream.read(65_536):
            pass
    await process.wait()


def _lead(limits: Limits) -> Callable[[], None]:
    """What the child does to itself before it becomes the program.

    All is looked up here, in the parent: between fork and exec only plain system calls are safe.
    On Linux the child dies with the thread that started it, which is the event loop's.
    """
    parent = os.getpid()
    control = [ctypes.CDLL(None).prctl] if sys.platform == "linux" else []
    ceilings = [
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_AS, limits.memory_bytes),
    ]
    lower = [(which, _within(which, most)) for which, most in ceilings]

    def before_exec() -> None:
        for prctl in control:
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)
        for which, ceiling in lower:
            # A system that refuses a ceiling, as macOS does for memory, runs without it.
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(which, ceiling)

    return before_exec


def _within(which: int, most: int) -> tuple[int, int]:
    """A ceiling no higher than the one we live under ourselves."""
    _, hard = resource.getrlimit(which)
    ceiling = most if hard == resource.RLIM_INFINITY else min(most, hard)
    return ceiling, ceiling


def without_folders(line: str, argv: Sequence[str] = ()) -> str:
    """A line in which files are named without the folders of this machine."""
    for argument in argv:
        if argument.startswith("/"):
            line = line.replace(f"{PurePath(argument).parent}/", "")
    return re.sub(r"(?<![\w/.])/(?:[^\s/:'\"]+/)+", "", line)
