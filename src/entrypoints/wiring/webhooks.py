"""Connect the use cases of webhooks."""

from application.webhooks.deliver_webhooks import DeliverWebhooks
from application.webhooks.manage_deliveries import ListDeliveries, RetryDelivery
from application.webhooks.manage_webhooks import (
    AddWebhook,
    ListWebhooks,
    RemoveWebhook,
    RotateWebhookSecret,
)
from domain.webhooks.addresses import AddressRules
from entrypoints.use_cases import WebhookUseCases
from entrypoints.wiring.service import Service


def wire_webhooks(service: Service) -> WebhookUseCases:
    """Return the use cases of webhooks."""
    ports, settings, _ = service
    webhooks, deliveries = ports.webhooks, ports.deliveries
    return WebhookUseCases(
        add_webhook=AddWebhook(webhooks, AddressRules(settings.sends_to_loopback)),
        deliver_webhooks=DeliverWebhooks(
            deliveries, ports.webhook_sender, ports.clock, metrics=ports.metrics
        ),
        list_deliveries=ListDeliveries(deliveries),
        list_webhooks=ListWebhooks(webhooks),
        remove_webhook=RemoveWebhook(webhooks),
        retry_delivery=RetryDelivery(deliveries),
        rotate_webhook_secret=RotateWebhookSecret(webhooks),
    )
