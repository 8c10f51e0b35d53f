"""The URLs and network addresses that webhooks may have, so that nobody reaches what is private.

The networks are those of the IANA registries of special-purpose addresses, for IPv4 and IPv6.
"""

import ipaddress
import re
from typing import Annotated, Final, NamedTuple
from urllib.parse import urlsplit

from msgspec import Meta

LONGEST_URL: Final = 2_000

WebhookUrl = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST_URL,
        pattern=r"^https?://[!-~]+$(?!\n)",
        description=(
            "An `https` URL with a public address, without a user, a password or a fragment; "
            "redirects are not followed."
        ),
    ),
]
"""The shape of a URL; `target_of` has the rules."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_HOST: Final = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
_CHARACTERS: Final = re.compile(r"[!-~]+")
_UNSAFE: Final = frozenset('\\<>"{}|^`')
"""Characters that programs read in different ways."""
_LONGEST_HOST: Final = 253
_PORTS: Final = {"https": 443, "http": 80}
_UNPRIVILEGED: Final = 1024
"""First port that may be used besides the scheme's own; below are those of mail and the like."""

_PRIVATE_4: Final = tuple(
    map(
        ipaddress.IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
            *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"),
            *("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            # Multicast, reserved, and broadcast.
            *("224.0.0.0/4", "240.0.0.0/4"),
            # Azure's host, which tells its machines their secrets.
            "168.63.129.16/32",
        ),
    )
)
_PUBLIC_6: Final = ipaddress.IPv6Network("2000::/3")
"""Global unicast: mapped, translated (NAT64), unique local and multicast addresses are outside."""
_PRIVATE_6: Final = tuple(
    map(
        ipaddress.IPv6Network,
        # Protocols (Teredo is one), documentation, and 6to4, which contains an IPv4 address.
        ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)


class Target(NamedTuple):
    """The parts of a URL that a request needs."""

    scheme: str
    host: str
    """A name, or an address without brackets."""
    port: int
    path: str
    """Path and query."""

    @property
    def authority(self) -> str:
        """The header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


class AddressRules(NamedTuple):
    """The rules of a service; with ``loopback`` it sends to programs on its own machine, too."""

    loopback: bool = False

    def fault(self, url: str) -> str | None:
        """Return the reason why a URL is refused, as far as it shows without a look at its name."""
        try:
            self.target_of(url)
        except ValueError as error:
            return str(error)
        return None

    def target_of(self, url: str) -> Target:
        """Return the parts of a URL; raises `ValueError`, which says what to change."""
        if not _CHARACTERS.fullmatch(url) or _UNSAFE.intersection(url) or len(url) > LONGEST_URL:
            raise ValueError("The URL contains characters that must be encoded, or it is too long.")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise ValueError("The host or the port cannot be read.") from None
        if parts.scheme not in _PORTS:
            raise ValueError("The URL must begin with https://.")
        if "@" in parts.netloc:
            raise ValueError("The URL must not contain a user or a password.")
        if "#" in url:
            raise ValueError("The URL must not contain a fragment.")
        address = address_in(host)
        is_name = _HOST.fullmatch(host) is not None and len(host) <= _LONGEST_HOST
        if (address is None and not is_name) or parts.netloc.endswith(":"):
            raise ValueError("The host must be a name, or a network address.")
        self._check_place(parts.scheme, host, address)
        path = f"{parts.path or '/'}?{parts.query}" if "?" in url else parts.path or "/"
        return Target(parts.scheme, host, self._port(parts.scheme, port), path)

    def admits(self, address: Address, scheme: str = "https") -> bool:
        """Return True if messages may be sent to an address; over `http`, only on this machine."""
        is_local = self.loopback and address.is_loopback
        return is_local or (scheme == "https" and is_public(address))

    def _check_place(self, scheme: str, host: str, address: Address | None) -> None:
        local = host.rstrip(".").lower()
        is_local = local == "localhost" or local.endswith(".localhost")
        is_local = is_local or (address is not None and address.is_loopback)
        if scheme == "http" and not (self.loopback and is_local):
            raise ValueError("The URL must begin with https://.")
        if (is_local and not self.loopback) or (address is not None and not self.admits(address)):
            raise ValueError("The address of the host is not public.")

    def _port(self, scheme: str, port: int | None) -> int:
        if port is None:
            return _PORTS[scheme]
        if port != _PORTS[scheme] and port < _UNPRIVILEGED:
            raise ValueError(f"The port must be {_PORTS[scheme]}, or {_UNPRIVILEGED} or more.")
        return port


def address_in(text: str) -> Address | None:
    """Return the network address that a text is; None for a name."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Return True for an address that anybody on the internet could reach."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _PRIVATE_4)
    # An address with a zone (`%eth0`) belongs to one link.
    if address.scope_id is not None or address not in _PUBLIC_6:
        return False
    return not any(address in network for network in _PRIVATE_6)
