"""Port for the records of jobs."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import msgspec

from domain.jobs.admission import Admission
from domain.jobs.job import Job
from domain.rendering.assembly import Assembly

Change = Callable[[Job], Job]


class IdempotencyKey(msgspec.Struct, frozen=True, kw_only=True):
    """The caller's name for a request, as in the IETF draft of the header `Idempotency-Key`."""

    key: str
    fingerprint: str
    """Digest of the route and the body of the request."""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A new job, and everything that is recorded with it."""

    job: Job
    payload: str
    """The request as JSON."""
    task: Assembly | None = None
    """The task of the film that the job makes."""
    key: IdempotencyKey | None = None
    admission: Admission = Admission()


class JobRepository(Protocol):
    """Stores jobs; all times are by the clock of the store.

    The end of a job and the deliveries of `application.ports.deliveries` are recorded atomically.

    After a method returns, its change survives any failure of a process. In a power failure, only
    submissions of jobs that are wanted and final states are guaranteed to survive.
    """

    async def submit(self, submission: Submission) -> Job:
        """Record the job, its task and its key atomically, and return the job.

        If the caller has used the key with the same fingerprint within 24 hours, nothing is
        recorded and the job of that request is returned. Raises `KeyReused` for another
        fingerprint, `CallerBusy` and `ServiceFull` if the job is not admitted, and `TaskTaken`.
        """
        ...

    async def get(self, job_id: UUID) -> Job:
        """Return the job; raises `JobNotFound`."""
        ...

    async def payload(self, job_id: UUID) -> str:
        """Return the request as JSON; raises `JobNotFound`."""
        ...

    async def claim(self, job_id: UUID | None = None) -> Job | None:
        """Start the next queued job by priority and age, or the given one; return it as started.

        Returns None if there is none. Of several callers, one gets the job. Its lease begins now.
        """
        ...

    async def update(self, job_id: UUID, attempt: int, change: Change) -> Job:
        """Apply a pure ``change`` to the running job atomically, and return the result.

        Raises `LeaseLost` unless this attempt is the one that runs, and `JobNotFound`.
        """
        ...

    async def renew(self, job_id: UUID, attempt: int) -> Job:
        """Extend the lease; return the job, whose ``cancelling`` says if it is to stop.

        Raises `LeaseLost` unless this attempt is the one that runs, and `JobNotFound`.
        """
        ...

    async def request_cancel(self, job_id: UUID) -> Job:
        """Cancel a queued job, or ask a running one to stop; one that has ended stays as it is.

        Raises `JobNotFound`.
        """
        ...

    async def attend(self, job_ids: Iterable[UUID]) -> None:
        """Record that somebody waits for these jobs."""
        ...

    async def lost(self, silent: timedelta) -> tuple[Job, ...]:
        """Return the running jobs whose leases were not renewed for ``silent``."""
        ...

    async def unattended(self, silent: timedelta) -> tuple[Job, ...]:
        """Return queued and running jobs that are not wanted, and that nobody has attended to
        for ``silent``.
        """
        ...

    async def purge(self, older: timedelta) -> int:
        """Delete jobs that ended more than ``older`` ago, and keys of 24 hours; return how many."""
        ...

    async def ready(self) -> str:
        """Return a description of the store; raises if it is unavailable."""
        ...
