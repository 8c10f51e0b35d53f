"""Port for what is told about running jobs."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol, Self
from uuid import UUID

import msgspec


class JobEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One report about a job."""

    job_id: UUID
    id: int
    """Larger than the ids of all earlier events of the job."""
    stage: str
    progress: int
    """Progress of the whole job in per cent; never smaller than in earlier events."""
    message: str
    eta_seconds: float | None = None
    """Estimated seconds until the end, if an estimate is possible."""
    metadata: str | None = None
    """The metadata of the request as JSON; it is added for each reader, and not stored."""
    last: bool = False
    """True if the job has ended; its record contains the outcome."""


class Subscription(Protocol):
    """The events of one job, as an asynchronous iterator that ends after the last one."""

    @property
    def up_to_date(self) -> bool:
        """True if every event so far has been read, so that the next one is still to come."""
        ...

    def __aiter__(self) -> Self:
        """Return the subscription itself."""
        ...

    async def __anext__(self) -> JobEvent:
        """Wait for the next event; raises `SubscriberTooSlow`."""
        ...


class JobEvents(Protocol):
    """Passes events on from the worker of a job to everybody who subscribes, in any process."""

    async def publish(self, event: JobEvent) -> None:
        """Pass on an event; never waits for a slow subscriber, never fails if nobody listens.

        An event that is late, because one with a larger id was passed on, may be dropped.
        """
        ...

    def subscribe(self, job_id: UUID, after: int = 0) -> AbstractAsyncContextManager[Subscription]:
        """Open a subscription: events whose ids are greater than ``after``, in order of id.

        It begins with the events so far, and ends after the last one. From the moment at which the
        context is entered no event is missed. A subscriber that falls too far behind gets
        `SubscriberTooSlow`. Raises `NotReady`.
        """
        ...

    async def purge(self, older: timedelta) -> int:
        """Forget the events of jobs that ended more than ``older`` ago; return how many."""
        ...
