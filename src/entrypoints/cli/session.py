"""A command's time with the service: ports open, use cases wired, old leftovers swept."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, Final

import click
import msgspec

from application.ports.progress import Progress
from application.ports.storage import Storage
from domain.shared.errors import BachataError
from entrypoints import exit_deadline, logs
from entrypoints.bootstrap import open_ports
from entrypoints.environment import from_environment
from entrypoints.exit_deadline import SIGNALS, ExitDeadline
from entrypoints.settings import Settings
from entrypoints.use_cases import UseCases
from entrypoints.wire import wire

_PATIENCE: Final = 60.0
"""Seconds that a command that has failed may still work on what comes after."""
CLEANING: Final = 9.0
"""Seconds that a command which was stopped has to clean up; then it ends all the same."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a command works with."""

    settings: Settings
    use_cases: UseCases
    storage: Storage


@asynccontextmanager
async def session(*listeners: Progress, only_looking: bool = False) -> AsyncGenerator[Session]:
    """Open everything for one command and close it again; progress goes to ``listeners``.

    Whoever is ``only_looking`` leaves everything as it is: nothing is swept, and a data folder
    that is not there yet is not made.
    """
    settings = from_environment()
    logs.configure(settings.log_level, quiet=True)
    with ExitStack() as stack:
        if only_looking and not settings.folder.exists():
            elsewhere = stack.enter_context(TemporaryDirectory())
            settings = msgspec.structs.replace(settings, data_dir=elsewhere)
        async with open_ports(settings, *listeners) as ports:
            use_cases = wire(ports, settings)
            if not only_looking:
                await use_cases.sweep()
            async with _closing(use_cases):
                try:
                    yield Session(settings, use_cases, ports.storage)
                except BachataError:
                    # What is done after an answer, as trying the clips of a film that failed,
                    # matters to the next command.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_PATIENCE):
                            await use_cases.later.done()
                    raise


@asynccontextmanager
async def _closing(use_cases: UseCases) -> AsyncGenerator[None]:
    """End what goes on behind the command while the parts that it uses are still open."""
    try:
        yield
    finally:
        try:
            await use_cases.later.close()
        finally:
            await use_cases.find_moves.close()


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a command's work; Ctrl-C and SIGTERM cancel it, and it cleans up before all ends.

    However often and whenever they come, the process ends within `CLEANING` seconds, and its
    status is 128 and the number of the signal.
    """
    with ExitDeadline(CLEANING) as deadline:
        stopped_by = exit_deadline.run(_stoppable(work()), deadline)
    if stopped_by is not None:
        click.echo("Aborted.", err=True)
        sys.exit(128 + stopped_by)


async def _stoppable(work: Coroutine[Any, Any, None]) -> int | None:
    """Do some work and return the number of the signal that has cancelled it, if one has.

    asyncio's own way ends the loop at the second Ctrl-C, in the midst of cleaning up.
    """
    task, loop = asyncio.ensure_future(work), asyncio.get_running_loop()
    signals: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        if not signals:
            loop.call_soon_threadsafe(task.cancel)
        signals.append(number)

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        # A command takes as long as it takes; whoever called it may stop it.
        await asyncio.wait({task})
    finally:
        if not signals:
            for number, handler in before.items():
                signal.signal(number, handler)
    if signals and task.cancelled():
        return signals[0]
    task.result()
    return None
