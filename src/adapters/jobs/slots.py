"""The places of a worker, in each of which one job runs at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final

from application.concurrency.task_groups import run_all
from application.ports.job_queue import RunJob
from domain.jobs.job import Lane

_log = logging.getLogger("bachata.jobs")

LOOK: Final = 1.0
"""Seconds between two looks at the records of jobs, which find those whose hint was lost."""


class Slots:
    """Runs the next job in a free slot, upon each hint and at intervals without a hint.

    A slot takes jobs in the order of the records, and goes on until there is none.
    """

    def __init__(self, run: Callable[[], Awaitable[bool]], count: int, look: float = LOOK) -> None:
        """Take the function that runs a job, the number of slots, and seconds between looks."""
        self._run = run
        self._count = count
        self._look = look
        # Each free slot looks once after the latest hint, so more hints than slots are useless.
        self._hints: asyncio.Queue[None] = asyncio.Queue(count)
        self._running = 0
        self._stopped = False

    @property
    def free(self) -> int:
        """Number of slots that wait for a hint."""
        if self._stopped:
            return 0
        return max(0, self._count - self._running - self._hints.qsize())

    def hint(self) -> None:
        """Wake a free slot, because a job is ready."""
        with suppress(asyncio.QueueFull):
            self._hints.put_nowait(None)

    def stop(self) -> None:
        """Start no more jobs."""
        self._stopped = True
        for _ in range(self._count):
            self.hint()

    async def work(self) -> None:
        """Run jobs until stopped or cancelled; every run has ended when it returns or raises."""
        looking = asyncio.create_task(self._look_at_intervals())
        try:
            await run_all([self._slot() for _ in range(self._count)])
        finally:
            looking.cancel()

    async def _slot(self) -> None:
        while not self._stopped:
            if not await self._ran():
                await self._hints.get()

    async def _look_at_intervals(self) -> None:
        while True:
            await asyncio.sleep(self._look)
            if self.free:
                self.hint()

    async def _ran(self) -> bool:
        """Run the next job; return False if there was none."""
        self._running += 1
        try:
            return await self._run()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Something that the run awaited was cancelled, not the worker.
            _log.exception("a run of a job failed")
        except Exception:
            _log.exception("a run of a job failed")
        finally:
            self._running -= 1
        return False


def slots_of(run: RunJob, at_once: Mapping[Lane, int], look: float) -> dict[Lane, Slots]:
    """Return slots for each lane that has any."""
    return {
        lane: Slots(partial(run, lane), count, look) for lane, count in at_once.items() if count
    }


async def work_in(lanes: Mapping[Lane, Slots]) -> None:
    """Run jobs in all slots until stopped or cancelled, as `Slots.work` does."""
    await run_all([slots.work() for slots in lanes.values()])
