"""A delivery of an event to an endpoint, as a state machine of pure functions."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from domain.webhooks.webhook import WebhookEvent

PAUSES: Final = (
    *(timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10), timedelta(minutes=45)),
    *(timedelta(hours=3), timedelta(hours=7), timedelta(hours=13)),
)
"""Pauses between two tries, which add up to a day."""
MOST_TRIES: Final = len(PAUSES) + 1
SPREAD: Final = 0.2
"""Largest part of a pause by which it is made shorter or longer at random."""
INTERRUPTED: Final = "The service was interrupted during the last try."
SWITCHED_OFF: Final = "The endpoint was switched off, because all deliveries failed for three days."

_VERSION_7: Final = (0x7 << 76) | (0x2 << 62)
_RANDOM: Final = (0xFFF << 64) | ((1 << 62) - 1)
_MOST_MILLISECONDS: Final = (1 << 48) - 1


class DeliveryState(StrEnum):
    """State of a delivery."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one try: the status of the answer, or the reason why there is none."""

    status: int | None = None
    failure: str | None = None

    @property
    def is_success(self) -> bool:
        """True if the endpoint has accepted the message."""
        return self.failure is None and self.status is not None and 200 <= self.status < 300


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """An event for one endpoint. It is immutable; each transition returns a new value."""

    id: UUID
    """The header `webhook-id`, the same in every try."""
    webhook_id: UUID
    event: WebhookEvent
    task_id: UUID
    """Id of the task that has ended."""
    url: str
    created_at: datetime
    state: DeliveryState = DeliveryState.WAITING
    tries: int = 0
    """Number of tries since it was created, or was last sent again by hand."""
    tried_at: datetime | None = None
    """Time of the last try."""
    next_try_at: datetime | None = None
    """Time of the next try; null if there is none."""
    status: int | None = None
    """HTTP status of the last answer."""
    failure: str | None = None
    """Reason why the last try has failed."""

    def tried(self, at: datetime) -> "Delivery":
        """Return the delivery at the start of a try; failed if it has had all its tries.

        Then the process died in the last one.
        """
        if self.tries >= MOST_TRIES:
            return self.given_up(INTERRUPTED)
        return msgspec.structs.replace(self, tries=self.tries + 1, tried_at=at)

    def settled(self, receipt: Receipt, at: datetime, spread: float) -> "Delivery":
        """Return the delivery after a try that ended at time ``at``.

        ``spread`` is a random number from -1 to 1, which moves the next try.
        """
        after = msgspec.structs.replace(self, status=receipt.status, failure=receipt.failure)
        if receipt.is_success:
            return msgspec.structs.replace(
                after, state=DeliveryState.DELIVERED, next_try_at=None, failure=None
            )
        if self.tries >= MOST_TRIES:
            return msgspec.structs.replace(after, state=DeliveryState.FAILED, next_try_at=None)
        pause = PAUSES[self.tries - 1] * (1 + SPREAD * spread)
        return msgspec.structs.replace(after, next_try_at=at + pause)

    def given_up(self, failure: str) -> "Delivery":
        """Return the failed delivery, for which there is no further try."""
        return msgspec.structs.replace(
            self, state=DeliveryState.FAILED, next_try_at=None, failure=failure
        )

    def again(self, at: datetime) -> "Delivery":
        """Return the delivery as it is sent again, at once and with all its tries."""
        return msgspec.structs.replace(self, state=DeliveryState.WAITING, tries=0, next_try_at=at)


def ordered_id(at: datetime, random: int) -> UUID:
    """Return an id that is greater than those of earlier milliseconds (UUID version 7, RFC 9562).

    ``random`` is a random number of 128 bits.
    """
    milliseconds = int(at.timestamp() * 1000) & _MOST_MILLISECONDS
    return UUID(int=(milliseconds << 80) | _VERSION_7 | (random & _RANDOM))
