"""The declaration of a setting, and rules for its value."""

import ipaddress
import math
import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from domain.shared import paths

ON: Final = ("on", "true", "1")
OFF: Final = ("off", "false", "0")
SHORTEST_SECRET: Final = 32
"""Minimum characters of a secret that signs tokens: 256 bits, as RFC 7518 demands."""
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


class Rule(msgspec.Struct, frozen=True):
    """A condition on one value; ``demand`` is the sentence for users if it is violated."""

    keeps: Callable[[Any], bool]
    demand: str


def one_of(*words: str) -> Rule:
    """Return the rule that a value is one of these words."""
    named = [f"`{word}`" for word in words]
    listed = " or ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
    return Rule(lambda value: value in words, f"it must be {listed}")


def at_least(least: float) -> Rule:
    """Return the rule that a value is a finite number of at least ``least``."""
    return Rule(
        lambda value: math.isfinite(value) and value >= least, f"it must be {least:g} or more"
    )


def more_than(least: float) -> Rule:
    """Return the rule that a value is a finite number greater than ``least``."""
    return Rule(
        lambda value: math.isfinite(value) and value > least, f"it must be more than {least:g}"
    )


def between(least: int, most: int) -> Rule:
    """Return the rule that a value is from ``least`` to ``most``, inclusive."""
    return Rule(lambda value: least <= value <= most, f"it must be from {least} to {most}")


def is_loopback(host: str) -> bool:
    """Return True if an address is reachable only from this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def hosts_in(listed: str) -> frozenset[str]:
    """Return the hosts of a comma-separated list."""
    return frozenset(filter(None, map(str.strip, listed.split(","))))


def secrets_in(listed: str) -> tuple[str, ...]:
    """Return the secrets of a comma-separated list."""
    return tuple(filter(None, map(str.strip, listed.split(","))))


def _is_folder(prefix: str) -> bool:
    folder = prefix.strip("/")
    return not folder or (paths.fault(folder) is None and len(folder.encode()) <= 200)


def _is_web_address(text: str) -> bool:
    address = urlsplit(text)
    return not text or (address.scheme in ("http", "https") and bool(address.netloc))


WEB_ADDRESS: Final = Rule(_is_web_address, "it must begin with http:// or https://")
FOLDER: Final = Rule(_is_folder, "it must be a folder such as `bachata`, of up to 200 bytes")
NEEDS_LOOPBACK: Final = (
    "with BACHATA_AUTH=off it must be a loopback address, such as 127.0.0.1; "
    "set BACHATA_AUTH=on to use accounts, and any address"
)
SECRETS: Final = Rule(
    lambda value: all(len(each) >= SHORTEST_SECRET for each in secrets_in(value)),
    f"it must be secrets of at least {SHORTEST_SECRET} characters, separated by commas",
)
HOSTS: Final = Rule(
    lambda value: all(map(_HOST.fullmatch, hosts_in(value))),
    "it must be a comma-separated list of hosts, such as `dance.example.org` or "
    "`dance.example.org:8443`",
)
ON_OR_OFF: Final = Rule(
    lambda value: value.lower() in ON + OFF,
    "it must be `on` or `off`, `true` or `false`, `1` or `0`",
)

ANYTHING: Final = Rule(lambda _: True, "")


class Setting(msgspec.Struct, frozen=True):
    """A declaration of a setting beside its field, which has the type and the default.

    ``name`` is its environment variable; if empty, `BACHATA_` and the field's name. ``unit``
    follows the default in the documents, and the value of a ``secret`` is never shown.
    """

    meaning: str
    rule: Rule = ANYTHING
    unit: str = ""
    name: str = ""
    secret: bool = False
