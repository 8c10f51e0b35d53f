"""Port for the deliveries of webhooks."""

from datetime import timedelta
from typing import Protocol
from uuid import UUID

import msgspec

from application.ports.pagination import Page
from domain.webhooks.delivery import Delivery, Receipt


class ClaimedDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that one process tries."""

    delivery: Delivery
    payload: str
    """The message as JSON, the same in every try."""
    secrets: tuple[str, ...]
    """The secrets that sign it, the newest first."""
    claim: int
    """Number of the claim; a later one takes the delivery over."""


class DeliveryRepository(Protocol):
    """Stores deliveries; all times are by the clock of the store.

    The store of jobs records new ones, in the transaction in which a job ends: one for the callback
    URL of the job, and one for each webhook of its owner that is on and listens to the event.
    """

    async def page(
        self, webhook_id: UUID, owner: str, after: UUID | None, most: int
    ) -> Page[Delivery]:
        """Return deliveries of a webhook, the newest first; ``after`` is the id of the last one.

        Raises `WebhookNotFound`, also for a webhook of another user.
        """
        ...

    async def claim(self, lease: timedelta) -> ClaimedDelivery | None:
        """Begin a try of the delivery that is due longest; None if there is none.

        Of several callers, one gets a delivery. It is due again when the ``lease`` passes before
        its end is recorded.
        """
        ...

    async def settle(
        self, claimed: ClaimedDelivery, receipt: Receipt, spread: float, failing: timedelta
    ) -> Delivery | None:
        """Record the result of a try, as `Delivery.settled`; None if it was taken over.

        A success clears the failures of its endpoint and switches it on. An endpoint with a URL of
        its own that has failed for the time of ``failing`` is switched off, and its other
        deliveries are given up.
        """
        ...

    async def again(self, delivery_id: UUID, webhook_id: UUID, owner: str) -> Delivery:
        """Let a delivery be sent again at once; one that is being sent stays as it is.

        Raises `WebhookNotFound` and `DeliveryNotFound`, also for those of another user.
        """
        ...

    async def purge(self, older: timedelta) -> int:
        """Delete deliveries that ended more than ``older`` ago; return how many."""
        ...
