"""A program run on a lead: it ends when it must, and takes nothing with it."""

import asyncio
import contextlib
import logging
import os
import re
import signal
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Final

from adapters.cage.cage import Cage, Limits, environment
from adapters.cage.launcher import NOT_CAGED, NOT_FOUND
from adapters.ffmpeg.error_lines import cleaned
from application.concurrency.timeouts import passed
from application.media.disk_errors import in_output
from domain.shared.errors import FFmpegFailed, NotReady

TAIL: Final = 20
"""Lines of stderr that are kept."""
_LONGEST_LINE: Final = 2_000
_ENDING: Final = 30.0
"""Seconds that are waited for the end of a process that was killed."""
_SAID: Final = "cage: "
"""What a line of the launcher's own begins with."""

_log = logging.getLogger("bachata.ffmpeg")

Line = Callable[[str], None]


async def run(
    argv: Sequence[str],
    *,
    cage: Cage,
    reads: Sequence[str] = (),
    writes: Sequence[str] = (),
    hear: Line | None = None,
    limits: Limits | None = None,
    tail: int = TAIL,
    forks: bool = False,
) -> list[str]:
    """Run a program in a cage to its end, telling ``hear`` each line of stdout.

    It reads ``reads`` and writes below ``writes``, and nothing else. Returns stderr's last lines.
    Raises `FFmpegFailed` with those lines when it ends with anything but 0, FileNotFoundError when
    it is not there, `NotReady` when it cannot be caged. When this is cancelled, or fails in any
    way, the program and its children are killed and have ended.
    """
    limits = limits or Limits()
    process = await asyncio.create_subprocess_exec(
        *cage.command(argv, limits=limits, reads=reads, writes=writes, forks=forks),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        env=environment(),
    )
    last: deque[str] = deque(maxlen=tail)
    try:
        async with asyncio.timeout(limits.seconds), asyncio.TaskGroup() as readers:
            readers.create_task(_each_line(process.stdout, hear or _unheard))
            readers.create_task(_each_line(process.stderr, last.append))
            readers.create_task(_waited(process))
    except TimeoutError:
        raise FFmpegFailed(details=f"It had not ended after {limits.seconds:g} s.") from None
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    finally:
        await _ended(process)
    status = process.returncode
    if status:
        _refuse_launch(status, last)
    lines = [cleaned(without_folders(line, argv)) for line in last]
    if status:
        text = "\n".join(lines)
        kind = in_output(text) or FFmpegFailed
        raise kind(details=text or f"It ended with status {status}.")
    return lines


async def _waited(process: asyncio.subprocess.Process) -> None:
    await process.wait()


def _refuse_launch(status: int, last: Sequence[str]) -> None:
    """Raise for a program that was never started."""
    if not last or not last[-1].startswith(_SAID):
        return
    reason = last[-1].removeprefix(_SAID)
    if status == NOT_FOUND:
        raise FileNotFoundError(reason)
    if status == NOT_CAGED:
        raise NotReady(f"A program cannot be caged on this system: {reason}.")


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
    if not await passed(ending, _ENDING):
        # A process that even SIGKILL does not end waits for a disk that does not answer.
        _log.error("process %d was killed and has not ended after %g s", process.pid, _ENDING)
        ending.cancel()


async def _emptied(process: asyncio.subprocess.Process) -> None:
    """Read what is left in the pipes: a full one would keep the end from being noticed."""
    for stream in (process.stdout, process.stderr):
        while stream is not None and await stream.read(65_536):
            pass
    await process.wait()


def without_folders(line: str, argv: Sequence[str] = ()) -> str:
    """A line in which files are named without the folders of this machine."""
    for argument in argv:
        if argument.startswith("/"):
            line = line.replace(f"{PurePath(argument).parent}/", "")
    return re.sub(r"(?<![\w/.])/(?:[^\s/:'\"]+/)+", "", line)
