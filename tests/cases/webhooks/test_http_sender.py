"""The sender reaches checked addresses alone, signs each message, and waits for nobody long."""

import asyncio
import ssl
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import trustme
from standardwebhooks import WebhookVerificationError

from adapters.webhooks import http_sender
from adapters.webhooks.exchange import CLOSED
from adapters.webhooks.http_sender import NO_ANSWER, NOT_PUBLIC, HttpWebhookSender
from application.ports.webhook_sender import WebhookMessage
from application.webhooks.manage_webhooks import new_secret
from domain.webhooks.addresses import AddressRules
from domain.webhooks.delivery import Receipt
from tests.world.receiver import ANSWER, Received, Receiver

pytestmark = pytest.mark.anyio

NEW, OLD = new_secret(), new_secret()
MESSAGE = WebhookMessage(id="0190-a", body='{"type":"x","é":1.0}', secrets=(NEW, OLD))


def now() -> datetime:
    return datetime.now(UTC)


class Names:
    """Looks up names as a test tells, and counts."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append(host)
        return self._answers[min(len(self.asked), len(self._answers)) - 1]


async def test_the_request_is_what_standard_webhooks_says() -> None:
    at = now() - timedelta(seconds=100)
    async with Receiver().opened() as receiver:
        sent = await HttpWebhookSender(loopback=True).send(receiver.url(), MESSAGE, at)
    assert sent == Receipt(status=204)
    [received] = receiver.received
    assert received.target == "/hooks?a=1"
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert received.headers["content-type"] == "application/json"
    assert received.headers["webhook-id"] == MESSAGE.id
    assert received.headers["webhook-timestamp"] == str(int(at.timestamp()))
    assert received.body == MESSAGE.body.encode()
    for secret in (NEW, OLD):
        assert received.verified(secret) == {"type": "x", "é": 1.0}
    for wrong in (received._replace(body=b"{}"), received):
        with pytest.raises(WebhookVerificationError):
            wrong.verified(new_secret() if wrong is received else NEW)


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("8.8.8.8", "127.0.0.1"),
        ("169.254.169.254",),
        ("::1",),
        ("fd00:ec2::254",),
        ("::ffff:10.0.0.1",),
        ("64:ff9b::7f00:1",),
        ("100.64.0.1",),
        ("fe80::1%eth0",),
        ("no address",),
        (),
    ],
)
async def test_a_name_with_one_address_that_is_not_public_is_refused(
    addresses: tuple[str, ...],
) -> None:
    names = Names(addresses)
    async with Receiver().opened() as receiver:
        url = f"https://dance.example.org:{receiver.port}/"
        sent = await HttpWebhookSender(resolve=names).send(url, MESSAGE, now())
    assert sent == Receipt(failure=NOT_PUBLIC)
    assert names.asked == ["dance.example.org"]
    assert receiver.connections == 0


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost."])
async def test_no_way_to_write_this_machine_leads_to_it(host: str) -> None:
    async with Receiver().opened() as receiver:
        url = f"https://{host}:{receiver.port}/"
        sent = await HttpWebhookSender().send(url, MESSAGE, now())
    assert sent.failure is not None
    assert receiver.connections == 0


async def test_what_is_not_encrypted_never_leaves_the_machine() -> None:
    names = Names(("8.8.8.8",))
    address = "http://hooks.localhost:8080/"
    sent = await HttpWebhookSender(loopback=True, resolve=names).send(address, MESSAGE, now())
    assert sent == Receipt(failure=NOT_PUBLIC)
    assert names.asked == ["hooks.localhost"]


async def test_a_name_is_looked_up_once_and_only_that_address_is_connected() -> None:
    """A second look-up, which leads to another machine, never happens."""
    names = Names(("127.0.0.1",), ("10.0.0.1",))
    async with Receiver().opened() as receiver:
        url = receiver.url(host="localhost")
        sent = await HttpWebhookSender(loopback=True, resolve=names).send(url, MESSAGE, now())
    assert sent.is_success
    assert names.asked == ["localhost"]


async def test_the_address_is_checked_again_when_it_is_connected() -> None:
    """The rules change in between, as if the connection had led elsewhere."""
    sender = HttpWebhookSender(resolve=Names(("8.8.8.8",)))
    admitted = ["8.8.8.8"]

    class Rules(AddressRules):
        def admits(self, address: object, scheme: str = "https") -> bool:
            return str(address) in admitted

    sender._rules = Rules()  # pyright: ignore[reportPrivateUsage]
    with pytest.MonkeyPatch.context() as patch:
        async with Receiver().opened() as receiver:
            connect = asyncio.open_connection

            async def led(*_: object, **__: object) -> object:
                return await connect("127.0.0.1", receiver.port)

            patch.setattr(http_sender.asyncio, "open_connection", led)
            sent = await sender.send("https://dance.example.org/", MESSAGE, now())
    assert sent == Receipt(failure=NOT_PUBLIC)
    assert receiver.received == []


async def test_a_redirect_is_not_followed() -> None:
    async with Receiver().opened() as other:
        answer = f"HTTP/1.1 307 Over There\r\nLocation: {other.url()}\r\n\r\n".encode()
        async with Receiver(lambda _: answer).opened() as receiver:
            sent = await HttpWebhookSender(loopback=True).send(receiver.url(), MESSAGE, now())
    assert sent == Receipt(status=307, failure="The answer is 307; redirects are not followed.")
    assert other.connections == 0


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "The answer is no HTTP."),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 9_000, "The answer is no HTTP."),
        (b"", CLOSED),
        (b"HTTP/1.1 2", CLOSED),
    ],
)
async def test_an_answer_that_is_none_is_a_failure(answer: bytes, failure: str) -> None:
    async with Receiver(lambda _: answer).opened() as receiver:
        sent = await HttpWebhookSender(loopback=True).send(receiver.url(), MESSAGE, now())
    assert sent.status is None
    assert sent.failure == failure


async def test_a_receiver_that_does_not_answer_is_left() -> None:
    async with Receiver(lambda _: None).opened() as receiver:
        sender = HttpWebhookSender(loopback=True, seconds=0.2)
        sent = await sender.send(receiver.url(), MESSAGE, now())
    assert sent == Receipt(failure=NO_ANSWER)
    assert len(receiver.received) == 1


async def test_an_endless_answer_is_read_to_its_status_and_a_little_more() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    endless = head + b"fffff\r\n" + b"a" * 0xFFFFF
    async with Receiver(lambda _: endless).opened() as receiver:
        sent = await HttpWebhookSender(loopback=True).send(receiver.url(), MESSAGE, now())
    assert sent == Receipt(status=200)


async def test_nobody_listens() -> None:
    async with Receiver().opened() as receiver:
        url = receiver.url()
    sent = await HttpWebhookSender(loopback=True).send(url, MESSAGE, now())
    assert sent.failure is not None
    assert sent.failure.startswith("The connection failed: ")
    assert "127.0.0.1" not in sent.failure


async def test_an_unknown_name_is_a_failure() -> None:
    sent = await HttpWebhookSender().send("https://dance.invalid/", MESSAGE, now())
    assert sent == Receipt(failure="The name of the host is unknown.")


@pytest.fixture(scope="module")
def authority() -> Generator[trustme.CA]:
    yield trustme.CA()


def context_of(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate: Any = authority.issue_cert(*names)
    certificate.configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("names", "is_trusted", "arrives"),
    [
        (("localhost",), True, True),
        (("other.example.org",), True, False),
        (("localhost",), False, False),
    ],
)
async def test_over_tls_the_certificate_is_that_of_the_host(
    authority: trustme.CA, names: tuple[str, ...], is_trusted: bool, arrives: bool
) -> None:
    def trust() -> ssl.SSLContext:
        context = ssl.create_default_context()
        if is_trusted:
            cast(Any, authority).configure_trust(context)
        return context

    def answer(_: Received) -> bytes:
        return ANSWER

    async with Receiver(answer).opened(context_of(authority, *names)) as receiver:
        url = receiver.url(host="localhost", scheme="https")
        sent = await HttpWebhookSender(
            loopback=True, resolve=Names(("127.0.0.1",)), trust=trust
        ).send(url, MESSAGE, now())
    assert sent.is_success is arrives
    assert len(receiver.received) == arrives
    if not arrives:
        assert sent.failure is not None
        assert "certificate" in sent.failure.lower()


def test_the_authorities_of_the_system_and_of_mozilla_are_trusted() -> None:
    assert len(http_sender.trusted().get_ca_certs()) > 50
    assert http_sender.trusted().verify_mode is ssl.CERT_REQUIRED
