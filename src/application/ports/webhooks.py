"""Port for webhooks and their secrets."""

from datetime import timedelta
from typing import Protocol
from uuid import UUID

from domain.webhooks.webhook import Webhook, WebhookEvent


class WebhookRepository(Protocol):
    """Stores webhooks with their secrets, which no method returns; times are by its own clock."""

    async def add(
        self,
        webhook_id: UUID,
        owner: str,
        url: str | None,
        events: tuple[WebhookEvent, ...],
        secret: str,
    ) -> Webhook:
        """Store a webhook and return it.

        Raises `WebhookTaken` if the id, or the owner's URL, is used already, and `TooManyWebhooks`.
        """
        ...

    async def of_owner(self, owner: str) -> tuple[Webhook, ...]:
        """Return the webhooks of a user, the oldest first."""
        ...

    async def rotate(
        self, webhook_id: UUID, owner: str, secret: str, overlap: timedelta
    ) -> Webhook:
        """Replace the secret; the one before signs, too, for the time of the ``overlap``.

        Raises `WebhookNotFound`, also for a webhook of another user.
        """
        ...

    async def remove(self, webhook_id: UUID, owner: str) -> None:
        """Remove a webhook with its deliveries; raises `WebhookNotFound` as `rotate` does."""
        ...
