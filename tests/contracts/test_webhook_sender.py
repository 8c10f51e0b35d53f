"""The contract of every WebhookSender: in memory, and over HTTP to this machine."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from adapters.memory.webhook_sender import MemoryWebhookSender
from adapters.webhooks.http_sender import HttpWebhookSender
from application.ports.webhook_sender import WebhookMessage, WebhookSender
from application.webhooks.manage_webhooks import new_secret
from domain.webhooks.addresses import AddressRules
from domain.webhooks.delivery import Receipt
from tests.world.receiver import Receiver

pytestmark = pytest.mark.anyio

SECRETS = (new_secret(), new_secret())
MESSAGE = WebhookMessage(id="0190-a", body='{"type":"x","é":"\U0001f483"}', secrets=SECRETS)


class Case(NamedTuple):
    """A sender, the URL of its receiver, and the texts that the receiver has read."""

    sender: WebhookSender
    url: str
    bodies: Callable[[], list[str]]


Opened = Callable[[int], AbstractAsyncContextManager[Case]]


@asynccontextmanager
async def in_memory(status: int) -> AsyncGenerator[Case]:
    failure = None if 200 <= status < 300 else f"The answer is {status}."
    sender = MemoryWebhookSender(lambda _: Receipt(status=status, failure=failure), loopback=True)
    yield Case(sender, "http://127.0.0.1:8080/", lambda: [x.message.body for x in sender.sent])


@asynccontextmanager
async def over_http(status: int) -> AsyncGenerator[Case]:
    receiver = Receiver(lambda _: f"HTTP/1.1 {status} As It Is\r\n\r\nwell".encode())
    async with receiver.opened():
        bodies = lambda: [each.body.decode() for each in receiver.received]  # noqa: E731
        yield Case(HttpWebhookSender(loopback=True), receiver.url(), bodies)


senders = pytest.mark.parametrize("opened", [in_memory, over_http])


def now() -> datetime:
    return datetime.now(UTC)


@senders
@pytest.mark.parametrize("status", [200, 204, 299])
async def test_a_message_arrives_as_it_is(opened: Opened, status: int) -> None:
    async with opened(status) as case:
        receipt = await case.sender.send(case.url, MESSAGE, now())
        assert (receipt.status, receipt.failure) == (status, None)
        assert receipt.is_success
        assert case.bodies() == [MESSAGE.body]


@senders
@pytest.mark.parametrize("status", [400, 410, 429, 500, 503])
async def test_another_answer_is_a_failure_with_its_status(opened: Opened, status: int) -> None:
    async with opened(status) as case:
        receipt = await case.sender.send(case.url, MESSAGE, now())
        assert receipt.status == status
        assert receipt.failure == f"The answer is {status}."
        assert not receipt.is_success


@senders
@pytest.mark.parametrize(
    "url",
    [
        "http://dance.example.org/",
        "https://10.0.0.1/",
        "https://[::ffff:127.0.0.1]:8443/",
        "https://169.254.169.254/latest",
        "https://ana:secret@dance.example.org/",
        "ftp://127.0.0.1:8080/",
    ],
)
async def test_nothing_is_sent_to_a_refused_url(opened: Opened, url: str) -> None:
    async with opened(204) as case:
        receipt = await case.sender.send(url, MESSAGE, now())
        assert receipt.status is None
        assert receipt.failure == AddressRules(loopback=True).fault(url)
        assert case.bodies() == []
