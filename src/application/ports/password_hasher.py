"""Port for hashing passwords."""

from typing import NamedTuple, Protocol


class Verified(NamedTuple):
    """The result of comparing a password with a hash."""

    matches: bool
    outdated: bool = False
    """True if the hash should be made again, because its parameters have changed."""


class PasswordHasher(Protocol):
    """Hashes passwords slowly, without holding up the event loop."""

    async def hash(self, password: str) -> str:
        """Return a hash with a salt of its own."""
        ...

    async def verify(self, password: str, password_hash: str | None) -> Verified:
        """Compare a password with a hash; without a hash it takes as long, and does not match."""
        ...
