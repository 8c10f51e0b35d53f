"""The open subscriptions to events of jobs in this process, each with a bounded buffer."""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Final, Self
from uuid import UUID

import msgspec

from application.ports.job_events import JobEvent
from domain.jobs.errors import SubscriberTooSlow

BUFFER: Final = 256
"""Maximum number of new events that a subscriber may leave unread."""


class BufferedSubscription:
    """A subscription that is given its events; see `application.ports.job_events.Subscription`.

    Events that it knows are ignored, and progress that goes backwards, as in a second attempt,
    remains where it was.
    """

    def __init__(self, after: int, most: int) -> None:
        """Take the id after which it begins, and the size of its buffer."""
        self.reached = after
        """Id of the latest event that was given."""
        self._most = most
        self._progress = 0
        self._unread: deque[JobEvent] = deque()
        self._spare = 0
        self._more = asyncio.Event()
        self._complete = False
        self._overflowed = False

    @property
    def is_open(self) -> bool:
        """True if it takes new events."""
        return not (self._complete or self._overflowed)

    @property
    def up_to_date(self) -> bool:
        """See `application.ports.job_events.Subscription`."""
        return not (self._unread or self._complete or self._overflowed)

    def begin(self, past: Iterable[JobEvent]) -> None:
        """Give the events so far, in order of id; the buffer need not have room for them."""
        for event in past:
            if event.id <= self.reached:
                self._progress = max(self._progress, event.progress)
                self._complete = self._complete or event.last
            else:
                self._append(event)
        self._spare = len(self._unread)

    def give(self, event: JobEvent) -> None:
        """Give a new event; if the buffer is full, the subscriber is told that it is too slow."""
        if event.id <= self.reached or not self.is_open:
            return
        if len(self._unread) >= self._most + self._spare:
            self._overflowed = True
            self._unread.clear()
            self._more.set()
        else:
            self._append(event)

    def __aiter__(self) -> Self:
        """Return the subscription itself."""
        return self

    async def __anext__(self) -> JobEvent:
        """See `application.ports.job_events.Subscription`."""
        while not self._unread:
            if self._overflowed:
                raise SubscriberTooSlow
            if self._complete:
                raise StopAsyncIteration
            self._more.clear()
            # The reader limits this wait.
            await self._more.wait()
        self._spare = max(0, self._spare - 1)
        return self._unread.popleft()

    def _append(self, event: JobEvent) -> None:
        self._progress = max(self._progress, event.progress)
        self._unread.append(msgspec.structs.replace(event, progress=self._progress))
        self.reached = event.id
        self._complete = event.last
        self._more.set()


class Subscriptions:
    """All open subscriptions by job."""

    def __init__(self, buffer: int = BUFFER) -> None:
        """Take the maximum number of events that a subscriber may leave unread."""
        self._buffer = buffer
        self._open: dict[UUID, set[BufferedSubscription]] = {}

    def open(self, job_id: UUID, after: int, past: Iterable[JobEvent]) -> BufferedSubscription:
        """Open a subscription, which begins with the ``past`` events and gets new ones from now
        on.
        """
        subscription = BufferedSubscription(after, self._buffer)
        subscription.begin(past)
        self._open.setdefault(job_id, set()).add(subscription)
        return subscription

    def close(self, job_id: UUID, subscription: BufferedSubscription) -> None:
        """Close a subscription."""
        opened = self._open[job_id]
        opened.discard(subscription)
        if not opened:
            del self._open[job_id]

    def give(self, event: JobEvent) -> None:
        """Give an event to all subscribers of its job."""
        for subscription in self._open.get(event.job_id, ()):
            subscription.give(event)

    def reached(self) -> dict[UUID, int]:
        """Return the jobs of which somebody awaits events, each with the smallest id that one of
        them has reached.
        """
        waiting = {
            job_id: [each.reached for each in opened if each.is_open]
            for job_id, opened in self._open.items()
        }
        return {job_id: min(ids) for job_id, ids in waiting.items() if ids}
