"""Port for the delivery of jobs to workers."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol
from uuid import UUID

from domain.jobs.job import Lane, Priority

RunJob = Callable[[Lane], Awaitable[bool]]
"""Claims and runs the next job in a lane; returns False if there was none to claim.

It never raises, except `asyncio.CancelledError`, after which the job has been handed back.
"""


class JobQueue(Protocol):
    """Tells workers which jobs are ready; the records of jobs are the truth.

    What it tells is a hint: a lost one delays a job by some seconds, and one told twice starts no
    job twice.
    """

    async def announce(self, job_id: UUID, priority: Priority = Priority.INTERACTIVE) -> None:
        """Tell that a recorded job is ready to start; never fails if nobody works."""
        ...

    async def signal_cancel(self, job_id: UUID) -> None:
        """Tell that a job is asked to stop, so that its worker need not look."""
        ...

    async def cancel_signalled(self, job_id: UUID, seconds: float) -> bool:
        """Wait up to ``seconds`` for `signal_cancel`; return True if it was told."""
        ...

    async def work(self, run: RunJob, at_once: Mapping[Lane, int]) -> None:
        """Run up to ``at_once`` jobs of each lane at a time, until `stop` or until cancelled.

        ``run`` finds the next job itself, so that jobs start in the order of their priorities. When
        it is cancelled, it cancels the runs and raises `asyncio.CancelledError` when all have
        ended.
        """
        ...

    async def stop(self) -> None:
        """Start no more jobs: `work` returns when the runs that go on have ended."""
        ...

    async def ready(self) -> str:
        """Return a description of the queue; raises if it is unavailable."""
        ...
