"""A queue within the process: jobs run beside the requests that submit them."""

from collections.abc import Mapping
from uuid import UUID

from anyio.lowlevel import checkpoint

from adapters.jobs.cancel_signals import CancelSignals
from adapters.jobs.slots import LOOK, Slots, slots_of, work_in
from application.ports.job_queue import RunJob
from domain.jobs.job import Lane, Priority


class InProcessJobQueue:
    """Wakes the workers of this process.

    Jobs that another process recorded, and those that were recorded before the worker began, are
    found by looks at the records.
    """

    def __init__(self, look: float = LOOK) -> None:
        """Take the seconds between two looks at the records of jobs."""
        self._look = look
        self._signals = CancelSignals()
        self._workers: set[Slots] = set()

    async def announce(self, job_id: UUID, priority: Priority = Priority.INTERACTIVE) -> None:
        """See `application.ports.job_queue.JobQueue`."""
        await checkpoint()
        for worker in self._workers:
            worker.hint()

    async def signal_cancel(self, job_id: UUID) -> None:
        """See `application.ports.job_queue.JobQueue`."""
        await checkpoint()
        self._signals.signal(job_id)

    async def cancel_signalled(self, job_id: UUID, seconds: float) -> bool:
        """See `application.ports.job_queue.JobQueue`."""
        return await self._signals.signalled(job_id, seconds)

    async def work(self, run: RunJob, at_once: Mapping[Lane, int]) -> None:
        """See `application.ports.job_queue.JobQueue`."""
        lanes = slots_of(run, at_once, self._look)
        self._workers.update(lanes.values())
        try:
            await work_in(lanes)
        finally:
            self._workers.difference_update(lanes.values())

    async def stop(self) -> None:
        """See `application.ports.job_queue.JobQueue`."""
        await checkpoint()
        for worker in self._workers:
            worker.stop()

    async def ready(self) -> str:
        """See `application.ports.job_queue.JobQueue`."""
        await checkpoint()
        return "in this process"
