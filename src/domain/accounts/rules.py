"""Rules for the names, ids and passwords of users, and lifetimes and limits of their secrets."""

import re
import unicodedata
from datetime import timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from domain.accounts.users import folded
from domain.shared.errors import InvalidRequest
from domain.shared.texts import STORABLE, Name
from domain.shared.violations import Violation

SHORTEST_PASSWORD: Final = 12
"""Minimum characters of a password."""
LONGEST_PASSWORD: Final = 1_000
"""Maximum characters of a password."""

_SECRET: Final = {"secret": True}
"""Messages about a secret do not repeat it."""

Secret = Annotated[
    str,
    Meta(min_length=1, max_length=LONGEST_PASSWORD, extra=_SECRET, extra_json_schema=STORABLE),
]
"""A password or a token that somebody sends."""
Password = Annotated[
    str,
    Meta(
        min_length=SHORTEST_PASSWORD,
        max_length=LONGEST_PASSWORD,
        extra=_SECRET,
        extra_json_schema=STORABLE,
    ),
]
"""A new password of 12 to 1,000 characters."""

ACCESS_LIFE: Final = timedelta(minutes=15)
"""Lifetime of an access token."""
REFRESH_LIFE: Final = timedelta(days=30)
"""Lifetime of a refresh token; each use replaces it with a new one."""
MOST_KEYS: Final = 100
"""Maximum number of API keys of a user that are not revoked."""

ATTEMPT_WINDOW: Final = timedelta(minutes=15)
"""Time in which attempts are counted together."""
MOST_FROM_ADDRESS_FOR_NAME: Final = 10
"""Failed log-ins of one name from one address in a window."""
MOST_FOR_NAME: Final = 100
"""Failed log-ins of one name from all addresses in a window."""
MOST_FROM_ADDRESS: Final = 100
"""Failed log-ins from one address in a window."""
MOST_REGISTRATIONS: Final = 10
"""Registrations from one address in a window."""

_USER_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The name and the password of a user."""

    name: Name
    password: Secret


class Registration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The name and the password of a new user."""

    name: Name
    password: Password


def check_user_name(name: str) -> None:
    """Raise `InvalidRequest` for a name of spaces alone."""
    if not folded(name):
        message = "A name has at least one letter, digit or sign."
        raise InvalidRequest((Violation(path="$.name", message=message),))


def check_user_id(user_id: str) -> None:
    """Raise `InvalidRequest` for an id that cannot be part of a storage path."""
    if not _USER_ID.fullmatch(user_id):
        message = "An id has 1 to 64 lower-case letters, digits, `-` and `_`, no `-` first."
        raise InvalidRequest((Violation(path="id", message=message),))


def normalised(password: str) -> str:
    """Return the form of a password that is hashed, the same however a keyboard composes it."""
    return unicodedata.normalize("NFKC", password)
