"""Refresh tokens and API keys: random texts of which only digests are stored."""

import hashlib
import re
import secrets
from typing import Final, NamedTuple
from uuid import UUID, uuid4

_REFRESH: Final = re.compile(r"bbr_([0-9a-f]{32})_[A-Za-z0-9_-]{43}")
_KEY: Final = re.compile(r"bbk_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}")
_PREFIX: Final = 12
"""Characters of an API key that are shown."""


class RefreshText(NamedTuple):
    """A refresh token, and the log-in that it belongs to."""

    login_id: UUID
    text: str

    @property
    def digest(self) -> str:
        """The digest that is stored."""
        return _digest(self.text)


class KeyText(NamedTuple):
    """An API key."""

    text: str

    @property
    def digest(self) -> str:
        """The digest that is stored."""
        return _digest(self.text)

    @property
    def prefix(self) -> str:
        """The beginning, which is shown in lists."""
        return self.text[:_PREFIX]


def new_refresh(login_id: UUID | None = None) -> RefreshText:
    """Return a new refresh token, of a new log-in if none is given."""
    login_id = login_id or uuid4()
    return RefreshText(login_id, f"bbr_{login_id.hex}_{secrets.token_urlsafe(32)}")


def refresh_of(text: str) -> RefreshText | None:
    """Return the refresh token that a text is; None if it is none."""
    parts = _REFRESH.fullmatch(text)
    return None if parts is None else RefreshText(UUID(parts[1]), text)


def new_key() -> KeyText:
    """Return a new API key."""
    return KeyText(f"bbk_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}")


def key_of(text: str) -> KeyText | None:
    """Return the API key that a text is; None if it is none."""
    return KeyText(text) if _KEY.fullmatch(text) else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
