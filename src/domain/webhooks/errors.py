"""Errors of webhooks."""

from domain.shared.errors import Conflict, NotFound


class WebhookNotFound(NotFound):
    """There is no webhook with this id."""

    code = "webhook-not-found"


class DeliveryNotFound(NotFound):
    """There is no delivery with this id, or it was older than 7 days."""

    code = "delivery-not-found"


class WebhookTaken(Conflict):
    """You have a webhook for this URL already; remove it first, or rotate its secret."""

    code = "webhook-taken"


class TooManyWebhooks(Conflict):
    """You have as many webhooks as are allowed; remove one first."""

    code = "too-many-webhooks"
