"""Work beside requests and jobs: recovery of what was interrupted, preparation of the library."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final

from application.concurrency.timeouts import Timeouts, ended, within
from domain.shared.errors import BachataError
from entrypoints.use_cases import UseCases

_log = logging.getLogger("bachata.recovery")

RECOVERY_PAUSE: Final = 60.0
"""Seconds between two recoveries of interrupted tasks."""
JOB_RECOVERY_PAUSE: Final = 5.0
"""Seconds between two recoveries of jobs."""
STORAGE_RECOVERY_PAUSE: Final = 3600.0
"""Seconds between two recoveries of the storage."""

_NOT_DELIVERED: Final = "webhooks are not delivered"
_NOT_PREWARMED: Final = "the library was not encoded ahead"

Work = Callable[[], Awaitable[object]]


@asynccontextmanager
async def closing(use_cases: UseCases) -> AsyncGenerator[None]:
    """End background work on exit."""
    try:
        yield
    finally:
        await use_cases.background.close()
        await use_cases.find_moves.close()


@asynccontextmanager
async def recovering(use_cases: UseCases, limits: Timeouts) -> AsyncGenerator[None]:
    """Recover jobs, tasks and the storage regularly during the context."""
    works = (
        (_recover_jobs, "jobs are not recovered"),
        (_recover_interrupted, "interrupted tasks are not recovered"),
        (_recover_storage, "the storage is not recovered"),
    )
    async with AsyncExitStack() as stack:
        for work, failed in works:
            running = beside(partial(work, use_cases, limits), failed, limits.closing)
            await stack.enter_async_context(running)
        yield


@asynccontextmanager
async def delivering(use_cases: UseCases, limits: Timeouts) -> AsyncGenerator[None]:
    """Deliver the messages of webhooks during the context."""
    work = partial(_deliver_webhooks, use_cases)
    async with beside(work, _NOT_DELIVERED, limits.closing):
        yield


@asynccontextmanager
async def preparing(
    use_cases: UseCases, limits: Timeouts, *, index: bool, encode: bool
) -> AsyncGenerator[None]:
    """Prepare searches, and the clips of the library, during the context."""
    refresh = use_cases.find_moves.refresh if index else None
    ready = partial(_readied, use_cases) if encode else None
    async with (
        beside(refresh, "the moves are not indexed", limits.closing),
        beside(ready, _NOT_PREWARMED, limits.closing),
    ):
        yield


@asynccontextmanager
async def beside(work: Work | None, failed: str, closing: float) -> AsyncGenerator[None]:
    """Run some work in the background during the context; its failure is logged and ignored.

    On exit it has ``closing`` seconds to end.
    """
    if work is None:
        yield
        return
    task = asyncio.create_task(_logged(work, failed))
    try:
        yield
    finally:
        task.cancel()
        await ended(task, failed, closing)


async def _logged(work: Work, failed: str) -> None:
    try:
        await work()
    except BachataError as error:
        _log.warning(failed, extra={"error": str(error)})
    except Exception:
        _log.exception(failed)


async def _deliver_webhooks(use_cases: UseCases) -> None:
    """Deliver webhooks; the work goes on after an error that nobody expected."""
    while True:
        await _logged(use_cases.deliver_webhooks, _NOT_DELIVERED)
        await asyncio.sleep(JOB_RECOVERY_PAUSE)


async def _recover_jobs(use_cases: UseCases, limits: Timeouts) -> None:
    """Recover jobs regularly: any process that works on them may have died."""
    while True:
        recovered = partial(_limited, "recovering jobs", use_cases.recover_jobs, limits)
        await _logged(recovered, "jobs are not recovered")
        await asyncio.sleep(JOB_RECOVERY_PAUSE)


async def _recover_interrupted(use_cases: UseCases, limits: Timeouts) -> None:
    """Recover interrupted tasks regularly: another machine may have died, or the
    database was away.
    """
    named = "recovering interrupted tasks"
    while True:
        await asyncio.sleep(RECOVERY_PAUSE)
        recovered = partial(_limited, named, use_cases.recover_interrupted, limits)
        await _logged(recovered, "interrupted tasks are not recovered")


async def _recover_storage(use_cases: UseCases, limits: Timeouts) -> None:
    """Recover the storage one minute after the start, and then every hour."""
    await asyncio.sleep(RECOVERY_PAUSE)
    while True:
        recovered = partial(_limited, "recovering the storage", use_cases.recover_storage, limits)
        await _logged(recovered, "the storage is not recovered")
        await asyncio.sleep(STORAGE_RECOVERY_PAUSE)


async def _limited(name: str, work: Work, limits: Timeouts) -> None:
    async def awaited() -> None:
        await work()

    await within(name, limits.background, awaited(), limits.leaving)


async def _readied(use_cases: UseCases) -> None:
    """Make the library ready for films, then find out what is not yet known of its moves.

    The second is done though the first fails.
    """
    await _logged(lambda: use_cases.prewarm_library(_unheard, 1), _NOT_PREWARMED)
    await use_cases.backfill_audio_embeddings()


async def _unheard(name: str, done: int, of: int) -> None:
    """Ignore progress."""
