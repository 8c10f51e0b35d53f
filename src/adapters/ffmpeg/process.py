"""Run a program with limits, and end it with all its children."""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Final

from adapters.cage.cage import Cage, Limits
from adapters.cage.child import Child
from adapters.cage.ending import end
from adapters.cage.launcher import NOT_CAGED, NOT_FOUND
from adapters.cage.starting import start
from adapters.ffmpeg.error_lines import cleaned
from application.concurrency.work_priority import is_low
from application.media.disk_errors import in_output
from domain.rendering.used_resources import UsedResources
from domain.shared.errors import FFmpegFailed, NotReady

TAIL: Final = 20
"""Number of stderr lines to keep."""
_LONGEST_LINE: Final = 2_000
_LOWEST: Final = 19
"""Lowest priority of a process: it computes when no other process does."""
_PREFIX: Final = "cage: "
"""Prefix of the launcher's own messages."""

Line = Callable[[str], None]


async def run(
    argv: Sequence[str],
    *,
    cage: Cage,
    reads: Sequence[str] = (),
    writes: Sequence[str] = (),
    on_line: Line | None = None,
    limits: Limits | None = None,
    tail: int = TAIL,
    forks: bool = False,
    on_end: Callable[[UsedResources], None] = lambda _: None,
) -> list[str]:
    """Run a program in the cage to its end, and pass each line of stdout to ``on_line``.

    It can read ``reads`` and write below ``writes``, and nothing else. Returns the last lines of
    stderr. Raises `FFmpegFailed` with those lines if the exit status is not 0, FileNotFoundError if
    the program does not exist, `NotReady` if it cannot be caged. ``on_end`` gets the resources of a
    program that was started, whichever way it ends. If this call is cancelled or
    fails, the program and its children are killed and have ended when it returns.
    """
    limits = limits or Limits()
    process = await start(
        cage.command(
            argv,
            limits=limits,
            reads=reads,
            writes=writes,
            forks=forks,
            nice=_LOWEST if is_low() else 0,
        )
    )
    last: deque[str] = deque(maxlen=tail)
    try:
        async with asyncio.timeout(limits.seconds), asyncio.TaskGroup() as readers:
            readers.create_task(_each_line(process.stdout, on_line or _unheard))
            # A program that floods stderr must not cost more than reading it does.
            readers.create_task(_each_line(process.stderr, last.append, tail))
            readers.create_task(_waited(process))
    except TimeoutError:
        raise FFmpegFailed(
            details=f"The program did not end within {limits.seconds:g} s."
        ) from None
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    finally:
        await end(process)
        on_end(process.used)
    status = process.returncode
    if status:
        _refuse_launch(status, last)
    lines = [cleaned(without_folders(line, argv)) for line in last]
    if status:
        text = "\n".join(lines)
        kind = in_output(text) or FFmpegFailed
        raise kind(details=text or f"The program ended with status {status}.")
    return lines


async def _waited(process: Child) -> None:
    await process.wait()


def _refuse_launch(status: int, last: Sequence[str]) -> None:
    """Raise the error of a program that could not be started."""
    if not last or not last[-1].startswith(_PREFIX):
        return
    reason = last[-1].removeprefix(_PREFIX)
    if status == NOT_FOUND:
        raise FileNotFoundError(reason)
    if status == NOT_CAGED:
        raise NotReady(f"This system cannot start a program in the cage: {reason}.")


def _unheard(line: str) -> None:
    """Ignore a line."""


async def _each_line(
    stream: asyncio.StreamReader | None, on_line: Line, most: int | None = None
) -> None:
    """Pass on each line, cut at a maximum length, so that memory stays bounded.

    Of lines that are read together only the last ``most`` are passed on.
    """
    if stream is None:
        return
    rest = b""
    while chunk := await stream.read(65_536):
        *whole, rest = re.split(rb"[\r\n]+", rest + chunk)
        for line in whole if most is None else whole[-most:]:
            on_line(line[:_LONGEST_LINE].decode(errors="replace"))
        rest = rest[:_LONGEST_LINE]
    if rest:
        on_line(rest.decode(errors="replace"))


def without_folders(line: str, argv: Sequence[str] = ()) -> str:
    """Return a line in which files appear without folders of this machine."""
    for argument in argv:
        if argument.startswith("/"):
            line = line.replace(f"{PurePath(argument).parent}/", "")
    return re.sub(r"(?<![\w/.])/(?:[^\s/:'\"]+/)+", "", line)
