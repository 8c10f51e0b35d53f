"""List the deliveries of a webhook, and send one again."""

from uuid import UUID

from application.ports.deliveries import DeliveryRepository
from application.ports.pagination import Page
from domain.webhooks.delivery import Delivery


class ListDeliveries:
    """Lists the deliveries of a webhook."""

    def __init__(self, deliveries: DeliveryRepository) -> None:
        """Take the port."""
        self._deliveries = deliveries

    async def __call__(
        self, webhook_id: UUID, owner: str, after: UUID | None, most: int
    ) -> Page[Delivery]:
        """Return a page, the newest first; raises `WebhookNotFound`."""
        return await self._deliveries.page(webhook_id, owner, after, most)


class RetryDelivery:
    """Sends a delivery again, also one that has been delivered."""

    def __init__(self, deliveries: DeliveryRepository) -> None:
        """Take the port."""
        self._deliveries = deliveries

    async def __call__(self, delivery_id: UUID, webhook_id: UUID, owner: str) -> Delivery:
        """Return the delivery, which is due now; raises `WebhookNotFound`, `DeliveryNotFound`."""
        return await self._deliveries.again(delivery_id, webhook_id, owner)
