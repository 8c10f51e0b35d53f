"""Fast hashes of passwords."""

import hashlib
import secrets
from typing import Final

from anyio.lowlevel import checkpoint

from application.ports.password_hasher import Verified

CURRENT: Final = "fast1"
"""The parameters of new hashes; hashes with others are outdated."""


class MemoryPasswordHasher:
    """Hashes passwords with one round of SHA-256, for tests only."""

    def __init__(self) -> None:
        self.hashed = 0
        """Number of hashes computed."""

    async def hash(self, password: str) -> str:
        """See `application.ports.password_hasher.PasswordHasher`."""
        await checkpoint()
        return self._hash(password, CURRENT, secrets.token_hex(8))

    async def verify(self, password: str, password_hash: str | None) -> Verified:
        """See `application.ports.password_hasher.PasswordHasher`."""
        await checkpoint()
        parameters, salt, _ = (password_hash or "none$none$none").split("$")
        matches = self._hash(password, parameters, salt) == password_hash
        return Verified(matches, outdated=matches and parameters != CURRENT)

    def _hash(self, password: str, parameters: str, salt: str) -> str:
        self.hashed += 1
        digest = hashlib.sha256(f"{salt}{password}".encode(errors="surrogatepass")).hexdigest()
        return f"{parameters}${salt}${digest}"
