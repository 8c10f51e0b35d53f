"""Add, list and remove webhooks, and rotate their secrets."""

import base64
import secrets
from typing import Annotated
from uuid import UUID, uuid4

import msgspec
from msgspec import Meta

from application.ports.webhooks import WebhookRepository
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Concern, Violation
from domain.webhooks.addresses import AddressRules, WebhookUrl
from domain.webhooks.errors import WebhookTaken
from domain.webhooks.webhook import OVERLAP, Webhook, WebhookEvent, callbacks_id


class WebhookRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wanted properties of a webhook."""

    url: WebhookUrl | None = None
    """Its URL; without, it is the webhook that stands for the `callback_url` of all requests."""
    events: Annotated[
        tuple[WebhookEvent, ...], Meta(min_length=1, max_length=len(WebhookEvent))
    ] = tuple(WebhookEvent)
    """The events that it is told of; all are told to callback URLs."""


class IssuedWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook with its new secret, which is shown this once."""

    secret: str
    """The secret that signs its messages, for libraries of Standard Webhooks."""
    webhook: Webhook


class AddWebhook:
    """Adds a webhook for a user."""

    def __init__(self, webhooks: WebhookRepository, rules: AddressRules) -> None:
        """Take the port, and the rules for URLs."""
        self._webhooks = webhooks
        self._rules = rules

    async def __call__(self, request: WebhookRequest, owner: str) -> IssuedWebhook:
        """Return the webhook with its secret.

        Raises `InvalidRequest` for a URL that nobody else could reach, `WebhookTaken` and
        `TooManyWebhooks`.
        """
        check_url(self._rules, request.url, "$.url")
        webhook_id = uuid4() if request.url else callbacks_id(owner)
        events = tuple(each for each in WebhookEvent if each in request.events or not request.url)
        secret = new_secret()
        webhook = await self._webhooks.add(webhook_id, owner, request.url, events, secret)
        return IssuedWebhook(secret=secret, webhook=webhook)


class PrepareCallback:
    """Ensures that a callback can be signed when the work has ended."""

    def __init__(self, webhooks: WebhookRepository, rules: AddressRules) -> None:
        """Take the port, and the rules for URLs."""
        self._webhooks = webhooks
        self._rules = rules

    async def __call__(self, url: str, owner: str) -> None:
        """Add the webhook for callback URLs, unless the user has it.

        Raises `InvalidRequest` for a URL that nobody else could reach, and `TooManyWebhooks`.
        """
        check_url(self._rules, url, "$.callback_url")
        try:
            await self._webhooks.add(
                callbacks_id(owner), owner, None, tuple(WebhookEvent), new_secret()
            )
        except WebhookTaken:
            return


class ListWebhooks:
    """Lists the webhooks of a user."""

    def __init__(self, webhooks: WebhookRepository) -> None:
        """Take the port."""
        self._webhooks = webhooks

    async def __call__(self, owner: str) -> tuple[Webhook, ...]:
        """Return the webhooks, the oldest first."""
        return await self._webhooks.of_owner(owner)


class RotateWebhookSecret:
    """Replaces the secret of a webhook; the one before signs, too, for a day."""

    def __init__(self, webhooks: WebhookRepository) -> None:
        """Take the port."""
        self._webhooks = webhooks

    async def __call__(self, webhook_id: UUID, owner: str) -> IssuedWebhook:
        """Return the webhook with its new secret; raises `WebhookNotFound`."""
        secret = new_secret()
        webhook = await self._webhooks.rotate(webhook_id, owner, secret, OVERLAP)
        return IssuedWebhook(secret=secret, webhook=webhook)


class RemoveWebhook:
    """Removes a webhook; its messages that are not delivered yet are dropped."""

    def __init__(self, webhooks: WebhookRepository) -> None:
        """Take the port."""
        self._webhooks = webhooks

    async def __call__(self, webhook_id: UUID, owner: str) -> None:
        """Remove it; raises `WebhookNotFound`."""
        await self._webhooks.remove(webhook_id, owner)


def check_url(rules: AddressRules, url: str | None, path: str) -> None:
    """Raise `InvalidRequest` for a URL that the rules refuse; ``path`` is that of its field."""
    fault = None if url is None else rules.fault(url)
    if fault is not None:
        raise InvalidRequest((Violation(path=path, message=fault, concern=Concern.SECURITY),))


def new_secret() -> str:
    """Return a new secret as Standard Webhooks writes them: 32 random bytes in Base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
