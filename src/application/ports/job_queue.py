"""Port for the delivery of jobs to workers."""

from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import UUID

RunJob = Callable[[UUID | None], Awaitable[bool]]
"""Claims and runs the given job, or the next one; returns False if there was none to claim.

It never raises, except `asyncio.CancelledError`, after which the job has been handed back.
"""


class JobQueue(Protocol):
    """Tells workers which jobs are ready; the records of jobs are the truth.

    What it tells is a hint: a lost one delays a job by some seconds, and one told twice starts no
    job twice.
    """

    async def announce(self, job_id: UUID) -> None:
        """Tell that a recorded job is ready to start; never fails if nobody works."""
        ...

    async def signal_cancel(self, job_id: UUID) -> None:
        """Tell that a job is asked to stop, so that its worker need not look."""
        ...

    async def cancel_signalled(self, job_id: UUID, seconds: float) -> bool:
        """Wait up to ``seconds`` for `signal_cancel`; return True if it was told."""
        ...

    async def work(self, run: RunJob, at_once: int) -> None:
        """Run up to ``at_once`` jobs at the same time, until `stop` or until cancelled.

        It calls ``run`` without an id, so that jobs start in the order of their priorities. When it
        is cancelled, it cancels the runs and raises `asyncio.CancelledError` when all have ended.
        """
        ...

    async def stop(self) -> None:
        """Start no more jobs: `work` returns when the runs that go on have ended."""
        ...

    async def ready(self) -> str:
        """Return a description of the queue; raises if it is unavailable."""
        ...
