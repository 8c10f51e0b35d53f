"""Port for signing and reading access tokens."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from application.ports.signing_keys import SigningKey


class AccessClaims(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of an access token; times are in UTC, in whole seconds."""

    user_id: str
    login_id: UUID
    issued_at: datetime
    expires_at: datetime


class TokenSigner(Protocol):
    """Signs claims and reads them back; it does not check whether they have expired."""

    def sign(self, claims: AccessClaims, key: SigningKey) -> str:
        """Return the claims as a signed token of printable ASCII characters."""
        ...

    def key_id(self, token: str) -> str | None:
        """Return the id of the key that a token names; None if the text is no token."""
        ...

    def read(self, token: str, key: SigningKey) -> AccessClaims:
        """Return the claims; raises `TokenRejected` unless ``key`` has signed exactly these."""
        ...
