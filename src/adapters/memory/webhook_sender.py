"""A sender of webhooks that sends nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from anyio.lowlevel import checkpoint

from application.ports.webhook_sender import WebhookMessage
from domain.webhooks.addresses import AddressRules
from domain.webhooks.delivery import Receipt


class SentMessage(NamedTuple):
    """A message that an endpoint has received."""

    url: str
    message: WebhookMessage
    at: datetime


class MemoryWebhookSender:
    """Collects the messages in ``sent``; every endpoint answers with 204, unless told otherwise."""

    def __init__(
        self,
        answer: Callable[[str], Receipt] = lambda url: Receipt(status=204),
        *,
        loopback: bool = False,
    ) -> None:
        """Take the function that returns the answer of a URL, and the rule for loopback."""
        self.answer = answer
        self.sent: list[SentMessage] = []
        self._rules = AddressRules(loopback)

    async def send(self, url: str, message: WebhookMessage, at: datetime) -> Receipt:
        """See `application.ports.webhook_sender.WebhookSender`."""
        await checkpoint()
        fault = self._rules.fault(url)
        if fault is not None:
            return Receipt(failure=fault)
        self.sent.append(SentMessage(url, message, at))
        return self.answer(url)
