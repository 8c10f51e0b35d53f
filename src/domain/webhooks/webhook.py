"""A webhook: an endpoint of a user, and the rules by which it is switched off."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

import msgspec

from domain.jobs.job import FILMS, Job, JobState

MOST_WEBHOOKS: Final = 20
"""Maximum number of webhooks of a user."""
OVERLAP: Final = timedelta(hours=24)
"""Time for which the secret before the last rotation signs, too."""
FAILING: Final = timedelta(days=3)
"""Time without a successful delivery after which a failing endpoint is switched off."""

_CALLBACKS: Final = UUID("6f1f2f6e-0f5b-4f3c-9a53-1f7f0c9d2b61")
"""Namespace of the ids of the webhooks for callback URLs."""


class WebhookEvent(StrEnum):
    """An event that webhooks are told of."""

    CHOREOGRAPHY_COMPLETED = "choreography.completed"
    CHOREOGRAPHY_FAILED = "choreography.failed"
    CHOREOGRAPHY_CANCELLED = "choreography.cancelled"


_EVENTS: Final = {
    JobState.COMPLETED: WebhookEvent.CHOREOGRAPHY_COMPLETED,
    JobState.FAILED: WebhookEvent.CHOREOGRAPHY_FAILED,
    JobState.CANCELLED: WebhookEvent.CHOREOGRAPHY_CANCELLED,
}


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that is told when work of its owner ends."""

    id: UUID
    url: str | None
    """Its URL; null for the webhook that stands for the `callback_url` of all requests."""
    events: tuple[WebhookEvent, ...]
    """The events that it is told of."""
    created_at: datetime
    previous_secret_until: datetime | None = None
    """Time until which the secret before the last rotation signs, too."""
    failing_since: datetime | None = None
    """Time of the first failure after the last successful delivery."""
    disabled_at: datetime | None = None
    """Time at which it was switched off; null if it is on."""
    disabled_reason: str | None = None
    """Reason why it was switched off."""

    def succeeded(self) -> "Webhook":
        """Return the webhook after a successful delivery, which switches it on."""
        return msgspec.structs.replace(
            self, failing_since=None, disabled_at=None, disabled_reason=None
        )

    def failed(self, at: datetime, failure: str, failing: timedelta = FAILING) -> "Webhook":
        """Return the webhook after a failure, switched off if it has failed for long enough.

        That for callback URLs, which are of many receivers, stays on.
        """
        if self.url is None:
            return self
        since = self.failing_since or at
        after = msgspec.structs.replace(self, failing_since=since)
        if self.disabled_at is not None or at - since < failing:
            return after
        reason = f"Every delivery has failed since {since:%Y-%m-%d %H:%M} UTC; the last: {failure}"
        return msgspec.structs.replace(after, disabled_at=at, disabled_reason=reason)


def event_of(job: Job) -> WebhookEvent | None:
    """Return the event that the end of a job is; None if it has not ended, or makes no film."""
    return _EVENTS.get(job.state) if job.kind in FILMS else None


def callbacks_id(owner: str) -> UUID:
    """Return the id of the webhook that stands for the callback URLs of a user."""
    return uuid5(_CALLBACKS, owner)
