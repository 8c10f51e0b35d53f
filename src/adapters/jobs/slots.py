"""The places of a worker, in each of which one job runs at a time."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from application.concurrency.task_groups import run_all
from application.ports.job_queue import RunJob

_log = logging.getLogger("bachata.jobs")

LOOK: Final = 1.0
"""Seconds between two looks at the records of jobs, which find those whose hint was lost."""


class Slots:
    """Runs the next job in each free slot, upon hints and at intervals without a hint.

    A slot takes the next job by priority, not the one of the hint, and goes on until there is none.
    """

    def __init__(self, run: RunJob, count: int, look: float = LOOK) -> None:
        """Take the function that runs a job, the number of slots, and seconds between looks."""
        self._run = run
        self._count = count
        self._look = look
        # Each free slot looks once after the latest hint, so more hints than slots are useless.
        self._hints: asyncio.Queue[None] = asyncio.Queue(count)

    def hint(self) -> None:
        """Wake a free slot, because a job is ready."""
        with suppress(asyncio.QueueFull):
            self._hints.put_nowait(None)

    async def work(self) -> None:
        """Run jobs until cancelled; returns by raising `asyncio.CancelledError`, when every run has
        ended.
        """
        await run_all([self._look_at_intervals(), *(self._slot() for _ in range(self._count))])

    async def _slot(self) -> None:
        while True:
            if not await self._started():
                await self._hints.get()

    async def _look_at_intervals(self) -> None:
        while True:
            await asyncio.sleep(self._look)
            if self._hints.empty():
                self.hint()

    async def _started(self) -> bool:
        """Run the next job; return False if there was none."""
        try:
            return await self._run(None)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Something that the run awaited was cancelled, not the worker.
            _log.exception("a run of a job failed")
        except Exception:
            _log.exception("a run of a job failed")
        return False
