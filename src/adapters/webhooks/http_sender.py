"""Send webhooks over HTTP/1.1, to the addresses that were checked and to no other."""

import asyncio
import os
import socket
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from typing import Final

from adapters.webhooks.exchange import posted
from application.concurrency.threads import IMPORTS, Threads
from application.ports.webhook_sender import WebhookMessage
from domain.shared.errors import WaitedTooLong
from domain.shared.texts import printable, shortened
from domain.webhooks.addresses import Address, AddressRules, Target, address_in
from domain.webhooks.delivery import Receipt

SECONDS: Final = 10.0
"""Maximum seconds of a try, from the look-up of the name to the end of the answer."""
_CONNECTING: Final = 4.0
"""Maximum seconds for one of several addresses."""
_MOST_ADDRESSES: Final = 4
"""Maximum number of addresses of a host that are tried."""
_LONGEST_FAILURE: Final = 300
_NAMES: Final = Threads("looking up names", 16, limit=SECONDS, leaving=0.1)
NO_ANSWER: Final = "The endpoint did not answer in time."
NOT_PUBLIC: Final = "The host has an address that is not public."

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]
"""Returns all network addresses of a host."""


class HttpWebhookSender:
    """Looks up each host itself, checks all its addresses, and connects to one of them.

    The name is not looked up a second time, so that a changed answer leads nowhere else. Proxies of
    the environment are not used, and no cookie or connection is kept.
    """

    def __init__(
        self,
        *,
        loopback: bool = False,
        seconds: float = SECONDS,
        resolve: Resolve | None = None,
        trust: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        """Take the rule for loopback addresses, and the time limit of a try.

        ``resolve`` looks up names, and ``trust`` returns the authorities of certificates.
        """
        self._rules = AddressRules(loopback)
        self._seconds = seconds
        self._resolve = resolve or _resolved
        self._trust = trust or trusted

    async def send(self, url: str, message: WebhookMessage, at: datetime) -> Receipt:
        """See `application.ports.webhook_sender.WebhookSender`."""
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._sent(self._rules.target_of(url), message, at)
        except (TimeoutError, WaitedTooLong):
            return Receipt(failure=NO_ANSWER)
        except ssl.SSLError as error:
            return _failed(f"The TLS connection failed: {error.reason or error}.")
        except OSError as error:
            # The text of asyncio contains the address.
            reason = os.strerror(error.errno) if error.errno else "it was lost"
            return _failed(f"The connection failed: {reason}.")
        except ValueError as error:
            return _failed(str(error))
        if 300 <= status < 400:
            return Receipt(
                status=status, failure=f"The answer is {status}; redirects are not followed."
            )
        if not 200 <= status < 300:
            return Receipt(status=status, failure=f"The answer is {status}.")
        return Receipt(status=status)

    async def _sent(self, target: Target, message: WebhookMessage, at: datetime) -> int:
        """Return the status of the answer; raises `ValueError` with a reason, and `OSError`."""
        headers = {
            "Host": target.authority,
            "User-Agent": "bachata-buddy",
            "Accept": "*/*",
            "Content-Type": "application/json",
            "Connection": "close",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": await IMPORTS.run(lambda: _signature(message, at)),
        }
        reader, writer = await self._connected(target)
        try:
            return await posted(reader, writer, target.path, headers, message.body.encode())
        finally:
            # An orderly end of TLS would wait for the receiver.
            writer.transport.abort()

    async def _connected(self, target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        addresses = [address_in(each) for each in await self._resolve(target.host, target.port)]
        if not addresses or not all(self._admits(target, each) for each in addresses):
            raise ValueError(NOT_PUBLIC)
        failure: OSError = ConnectionError("the host has no address")
        for address in addresses[:_MOST_ADDRESSES]:
            try:
                async with asyncio.timeout(_CONNECTING):
                    return await self._connect(target, str(address))
            except ssl.SSLCertVerificationError:
                raise
            except OSError as error:
                # `TimeoutError` is one of them.
                failure = error
        raise failure

    async def _connect(
        self, target: Target, address: str
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        secure = target.scheme == "https"
        context = await IMPORTS.run(self._trust) if secure else None
        reader, writer = await asyncio.open_connection(
            address, target.port, ssl=context, server_hostname=target.host if secure else None
        )
        reached = writer.get_extra_info("peername")
        if not self._admits(target, address_in(reached[0]) if reached else None):
            writer.transport.abort()
            raise ValueError(NOT_PUBLIC)
        return reader, writer

    def _admits(self, target: Target, address: Address | None) -> bool:
        return address is not None and self._rules.admits(address, target.scheme)


@cache
def trusted() -> ssl.SSLContext:
    """Return a context that trusts the authorities of the system and those of Mozilla."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


async def _resolved(host: str, port: int) -> tuple[str, ...]:
    """Return all addresses of a host; raises `ValueError` for an unknown name."""
    kind = socket.SOCK_STREAM
    try:
        entries = await _NAMES.run(lambda: socket.getaddrinfo(host, port, type=kind))
    except (OSError, UnicodeError):
        raise ValueError("The name of the host is unknown.") from None
    return tuple(dict.fromkeys(str(each[4][0]) for each in entries))


def _signature(message: WebhookMessage, at: datetime) -> str:
    """Return one signature for each secret, the newest first."""
    from standardwebhooks import Webhook

    signed = (
        Webhook(each).sign(msg_id=message.id, timestamp=at.astimezone(UTC), data=message.body)
        for each in message.secrets
    )
    return " ".join(signed)


def _failed(reason: str) -> Receipt:
    return Receipt(failure=printable(shortened(reason, _LONGEST_FAILURE)))
