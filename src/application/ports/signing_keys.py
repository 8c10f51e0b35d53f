"""Port for the keys that sign access tokens."""

from datetime import timedelta
from typing import Protocol

import msgspec


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """A secret that signs tokens, with the id that they name it by."""

    id: str
    secret: str

    def __repr__(self) -> str:
        """Return a text without the secret."""
        return f"SigningKey({self.id!r})"


class SigningKeys(Protocol):
    """Stores signing keys for all processes; times are by the clock of the store."""

    async def valid(self) -> tuple[SigningKey, ...]:
        """Return the keys that have not retired, the newest first."""
        ...

    async def add(self, key: SigningKey, overlap: timedelta) -> None:
        """Store a key that is the newest from now on; the others retire after ``overlap``."""
        ...
