"""Work beside requests and jobs: recovery of what was interrupted, preparation of the library."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final
from uuid import UUID

from application.concurrency.timeouts import Timeouts, ended, within
from application.library.library_jobs import Preparation
from application.ports.job_queue import JobQueue
from domain.jobs.job import Lane
from domain.shared import paths
from domain.shared.errors import BachataError
from entrypoints.use_cases import UseCases

_log = logging.getLogger("bachata.recovery")

RECOVERY_PAUSE: Final = 60.0
"""Seconds between two recoveries of interrupted tasks."""
CLAIM_PAUSE: Final = 1.0
"""Seconds between two tries to claim a job that another process may give up."""
JOB_RECOVERY_PAUSE: Final = 5.0
"""Seconds between two recoveries of jobs."""
STORAGE_RECOVERY_PAUSE: Final = 3600.0
"""Seconds between two recoveries of the storage."""

_NOT_RUN: Final = "the job of a command is not run"
_NOT_DELIVERED: Final = "webhooks are not delivered"

Work = Callable[[], Awaitable[object]]


@asynccontextmanager
async def closing(use_cases: UseCases) -> AsyncGenerator[None]:
    """End the work of searches on exit."""
    try:
        yield
    finally:
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
async def recovering_jobs(use_cases: UseCases, limits: Timeouts) -> AsyncGenerator[None]:
    """Recover only jobs during the context."""
    work = partial(_recover_jobs, use_cases, limits)
    async with beside(work, "jobs are not recovered", limits.closing):
        yield


@asynccontextmanager
async def working(
    queue: JobQueue, use_cases: UseCases, lanes: Mapping[Lane, int], closing: float
) -> AsyncGenerator[None]:
    """Run jobs during the context; on exit, those that are unfinished are queued again."""
    worker = asyncio.create_task(queue.work(use_cases.run_job.next_in, lanes))
    try:
        yield
    finally:
        worker.cancel()
        await ended(worker, "the jobs of this process", closing)


@asynccontextmanager
async def running_job(use_cases: UseCases, job_id: UUID, closing: float) -> AsyncGenerator[None]:
    """Run one job and no other during the context; on exit, an unfinished one is queued again."""
    async with beside(partial(_run_job, use_cases, job_id), _NOT_RUN, closing):
        yield


@asynccontextmanager
async def preparing(
    use_cases: UseCases, limits: Timeouts, *, index: bool, encode: bool
) -> AsyncGenerator[None]:
    """Prepare searches during the context, and submit the preparation of the library."""
    refresh = use_cases.find_moves.refresh if index else None
    prepare = partial(use_cases.prepare_library, Preparation(), paths.LOCAL_USER)
    async with (
        beside(refresh, "the moves are not indexed", limits.closing),
        beside(prepare if encode else None, "the library is not prepared", limits.closing),
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


async def _run_job(use_cases: UseCases, job_id: UUID) -> None:
    """Run a job as often as it can be claimed, because a server may hand it back."""
    while True:
        await _logged(partial(use_cases.run_job, job_id), _NOT_RUN)
        await asyncio.sleep(CLAIM_PAUSE)


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
    """Recover and clean up the storage one minute after the start, and then every hour."""
    await asyncio.sleep(RECOVERY_PAUSE)
    while True:
        recovered = partial(_limited, "recovering the storage", use_cases.recover_storage, limits)
        await _logged(recovered, "the storage is not recovered")
        finished = partial(_limited, "removing videos", use_cases.finish_removals, limits)
        await _logged(finished, "the storage is not recovered")
        counted = partial(_limited, "counting files", use_cases.recount_files, limits)
        await _logged(counted, "the stored files are not counted")
        by_policies = use_cases.clean_up_storage.by_policies
        cleaned = partial(_limited, "cleaning up the storage", by_policies, limits)
        await _logged(cleaned, "the storage is not cleaned up")
        measured = partial(_limited, "measuring the storage", use_cases.measure_storage, limits)
        await _logged(measured, "the storage is not measured")
        await asyncio.sleep(STORAGE_RECOVERY_PAUSE)


async def _limited(name: str, work: Work, limits: Timeouts) -> None:
    async def awaited() -> None:
        await work()

    await within(name, limits.background, awaited(), limits.leaving)
