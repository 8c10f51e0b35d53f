"""A worker: it makes films, and prepares the library, for API processes."""

import asyncio
import logging
from contextlib import AsyncExitStack
from typing import Final

from application.concurrency.timeouts import Timeouts, ended, limited
from application.ports.job_queue import JobQueue
from entrypoints import maintenance
from entrypoints.bootstrap import open_ports
from entrypoints.settings import Settings
from entrypoints.use_cases import UseCases
from entrypoints.wiring.wire import wire

_log = logging.getLogger("bachata.worker")

HANDING_BACK: Final = 5.0
"""Seconds before the deadline of a stop at which running jobs are handed back."""


async def work(settings: Settings, stopping: asyncio.Event) -> None:
    """Make films until ``stopping`` is set, and then finish those that are being made.

    Those that take longer than `BACHATA_STOP_SECONDS` less `HANDING_BACK` are handed back. Raises
    as `open_ports`.
    """
    limits = Timeouts()
    async with AsyncExitStack() as stack:
        async with limited("the parts of the worker to start", limits.start):
            ports = await stack.enter_async_context(open_ports(settings))
            use_cases = wire(ports, settings, limits)
            await ports.encoder.ready()
            await use_cases.recover_interrupted()
        await stack.enter_async_context(maintenance.closing(use_cases))
        await stack.enter_async_context(maintenance.recovering(use_cases, limits))
        await stack.enter_async_context(maintenance.delivering(use_cases, limits))
        warm = settings.warm == "on"
        await stack.enter_async_context(
            maintenance.preparing(use_cases, limits, index=warm, encode=warm)
        )
        _log.info("the worker is ready")
        await _work_until(stopping, ports.job_queue, use_cases, settings)
    _log.info("the worker has ended")


async def _work_until(
    stopping: asyncio.Event, queue: JobQueue, use_cases: UseCases, settings: Settings
) -> None:
    working = asyncio.create_task(
        queue.work(use_cases.run_job.next_in, settings.lanes_on(settings.cores))
    )
    stop = asyncio.create_task(stopping.wait())
    try:
        # A worker has no time limit.
        await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
        await queue.stop()
        await asyncio.wait({working}, timeout=max(1.0, settings.stop_seconds - HANDING_BACK))
        if working.done():
            working.result()
        else:
            _log.warning("jobs are handed back, because they do not end in time")
    finally:
        stop.cancel()
        working.cancel()
        await ended(working, "the jobs of this worker", HANDING_BACK)
