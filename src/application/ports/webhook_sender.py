"""Port that sends messages to the endpoints of webhooks."""

from datetime import datetime
from typing import Protocol

import msgspec

from domain.webhooks.delivery import Receipt


class WebhookMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message to an endpoint."""

    id: str
    body: str
    """JSON."""
    secrets: tuple[str, ...]
    """The secrets that sign it; a receiver that knows one of them can verify it."""


class WebhookSender(Protocol):
    """Posts messages, signed as Standard Webhooks says, to addresses that everybody may reach."""

    async def send(self, url: str, message: WebhookMessage, at: datetime) -> Receipt:
        """Post a message that is signed with the time ``at``; return the result within 10 s.

        Nothing is sent to a URL, or to an address of its host, that `AddressRules` refuse.
        Redirects are not followed.
        """
        ...
