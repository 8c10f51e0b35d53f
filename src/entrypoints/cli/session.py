"""The setup of a command: open ports, wire use cases, recover interrupted work."""

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

from application.concurrency.timeouts import Timeouts
from application.ports.job_queue import JobQueue
from application.ports.progress import Progress
from application.ports.storage import Storage
from domain.jobs.job import Lane
from domain.shared.errors import BachataError
from entrypoints import exit_deadline, logs
from entrypoints.bootstrap import open_ports
from entrypoints.environment import from_environment
from entrypoints.exit_deadline import SIGNALS, ExitDeadline
from entrypoints.settings import Settings
from entrypoints.use_cases import UseCases
from entrypoints.wiring.wire import wire

_PATIENCE: Final = 60.0
"""Maximum seconds of work on the library after a failed command."""
LOOK: Final = 1.0
"""Seconds between two looks at the record of a job whose events do not come."""
CLEANING: Final = 9.0
"""Maximum seconds that a stopped command has to clean up before it is ended."""


@dataclass(frozen=True, slots=True)
class Session:
    """The service in a command."""

    settings: Settings
    use_cases: UseCases
    storage: Storage
    job_queue: JobQueue


@asynccontextmanager
async def session(*listeners: Progress, only_looking: bool = False) -> AsyncGenerator[Session]:
    """Open everything for one command and close it on exit; progress goes to ``listeners``.

    With ``only_looking`` nothing changes: interrupted work is not recovered, and a missing data
    folder is not created.
    """
    settings = from_environment()
    logs.configure(settings.log_level, quiet=True)
    with ExitStack() as stack:
        if only_looking and not settings.folder.exists():
            elsewhere = stack.enter_context(TemporaryDirectory())
            settings = msgspec.structs.replace(settings, data_dir=elsewhere)
        async with open_ports(settings, *listeners) as ports:
            use_cases = wire(ports, settings, Timeouts(heartbeat=LOOK))
            if not only_looking:
                await use_cases.recover_interrupted()
            async with _closing(use_cases):
                try:
                    yield Session(settings, use_cases, ports.storage, ports.job_queue)
                except BachataError:
                    # Such jobs as checking the clips of a failed film matter to the next command.
                    if not settings.has_workers:
                        with suppress(TimeoutError):
                            async with asyncio.timeout(_PATIENCE):
                                await _work_on_library(use_cases)
                    raise


@asynccontextmanager
async def _closing(use_cases: UseCases) -> AsyncGenerator[None]:
    """End the work of searches while the ports that it uses are still open."""
    try:
        yield
    finally:
        await use_cases.find_moves.close()


async def _work_on_library(use_cases: UseCases) -> None:
    while await use_cases.run_job.next_in(Lane.LIBRARY):
        continue


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a command's work; Ctrl-C and SIGTERM cancel it, and it cleans up before the process ends.

    Whenever and however often the signals come, the process ends within `CLEANING` seconds, with
    status 128 plus the number of the signal.
    """
    with ExitDeadline(CLEANING) as deadline:
        stopped_by = exit_deadline.run(_stoppable(work()), deadline)
    if stopped_by is not None:
        click.echo("Aborted.", err=True)
        sys.exit(128 + stopped_by)


async def _stoppable(work: Coroutine[Any, Any, None]) -> int | None:
    """Run some work and return the number of the signal that cancelled it, or None.

    asyncio's own handler would end the loop at the second Ctrl-C, during the cleanup.
    """
    task, loop = asyncio.ensure_future(work), asyncio.get_running_loop()
    signals: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        if not signals:
            loop.call_soon_threadsafe(task.cancel)
        signals.append(number)

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        # A command has no time limit; its caller may stop it.
        await asyncio.wait({task})
    finally:
        if not signals:
            for number, handler in before.items():
                signal.signal(number, handler)
    if signals and task.cancelled():
        return signals[0]
    task.result()
    return None
