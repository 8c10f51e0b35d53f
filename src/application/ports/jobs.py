"""Port for the records of jobs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import msgspec

from application.ports.pagination import Page
from domain.jobs.admission import Admission
from domain.jobs.job import Job, JobKind, JobState, Lane
from domain.rendering.assembly import Assembly
from domain.shared.errors import BachataError

Change = Callable[[Job], Job]


class IdempotencyKey(msgspec.Struct, frozen=True, kw_only=True):
    """The caller's name for a request, as in the IETF draft of the header `Idempotency-Key`."""

    key: str
    fingerprint: str
    """Digest of the route and the body of the request."""


class SameWork(msgspec.Struct, frozen=True, kw_only=True):
    """The name of some work that is useless to do twice at the same time."""

    name: str
    """At most 200 characters."""
    states: tuple[JobState, ...] = (JobState.QUEUED,)
    """States of an earlier job of this name that does the work, too."""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A new job, and everything that is recorded with it."""

    job: Job
    payload: str
    """The request as JSON."""
    task: Assembly | None = None
    """The task of the film that the job makes."""
    key: IdempotencyKey | None = None
    same: SameWork | None = None
    admission: Admission = Admission()
    refusal: BachataError | None = None
    """Raised instead of recording a new job; the job of an earlier request is returned anyway."""


class Child(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a divided job."""

    job: Job
    payload: str


class JobFilter(msgspec.Struct, frozen=True, kw_only=True):
    """The jobs of a list; an empty field admits all."""

    states: tuple[JobState, ...] = ()
    kinds: tuple[JobKind, ...] = ()
    owner: str | None = None
    parts: bool = False
    """True: the children of divided jobs, too."""


class JobRepository(Protocol):
    """Stores jobs; all times are by the clock of the store.

    The end of a job and the deliveries of `application.ports.deliveries` are recorded atomically.

    After a method returns, its change survives any failure of a process. In a power failure, only
    submissions of jobs that are wanted and final states are guaranteed to survive.

    Whatever ends a child applies `domain.jobs.fan_out.child_ended` to its parent, and records the
    join that results from it, in the same transaction.
    """

    async def submit(self, submission: Submission) -> Job:
        """Record the job, its task and its key atomically, and return the job.

        If the caller has used the key with the same fingerprint within 24 hours, nothing is
        recorded and the job of that request is returned. Likewise the job that does the same work
        is returned. Raises `KeyReused` for another fingerprint, `CallerBusy` and `ServiceFull` if
        the job is not admitted, its ``refusal``, and `TaskTaken`.
        """
        ...

    async def get(self, job_id: UUID) -> Job:
        """Return the job; raises `JobNotFound`."""
        ...

    async def page(self, filters: JobFilter, after: str | None, most: int) -> Page[Job]:
        """Return up to ``most`` jobs of any owner, the newest first, after a page's `last`.

        `last` is a `application.ports.pagination.time_key`, with the time by the store's clock.
        """
        ...

    async def payload(self, job_id: UUID) -> str:
        """Return the request as JSON; raises `JobNotFound`."""
        ...

    async def claim(self, job_id: UUID | None = None, lane: Lane | None = None) -> Job | None:
        """Start the next queued job by priority and age, or the given one; return it as started.

        Returns None if there is none, or if the next one is not of the given ``lane``: while a film
        is queued, no work on the library begins. Of several callers, one gets the job. Its lease
        begins now.
        """
        ...

    async def divide(self, job_id: UUID, attempt: int, children: Sequence[Child]) -> Job:
        """Replace the running job by its ``children`` atomically; return it as divided.

        See `domain.jobs.fan_out.divided`. Raises as `update` does.
        """
        ...

    async def children(self, job_id: UUID) -> tuple[Job, ...]:
        """Return the children of a divided job, and its join if there is one, in order of id."""
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

        For a divided one the same happens to all its children, atomically. Raises `JobNotFound`.
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
        """Delete jobs that ended more than ``older`` ago, and keys of 24 hours; return how many.

        The children of a job that has not ended stay.
        """
        ...

    async def counts(self) -> Mapping[tuple[Lane, JobState], int]:
        """Return the numbers of queued and of running jobs by lane, as far as there are any."""
        ...

    async def ready(self) -> str:
        """Return a description of the store; raises if it is unavailable."""
        ...
