"""Port for API keys."""

from datetime import timedelta
from typing import Protocol
from uuid import UUID

from domain.accounts.users import ApiKey, Scope, User


class ApiKeys(Protocol):
    """Stores API keys by the digest of their secrets; times are by the clock of the store."""

    async def add(
        self,
        key_id: UUID,
        user_id: str,
        name: str,
        prefix: str,
        digest: str,
        scopes: tuple[Scope, ...],
        life: timedelta | None,
    ) -> ApiKey:
        """Store a key that expires after ``life``, if given, and return it with its times."""
        ...

    async def of_user(self, user_id: str) -> tuple[ApiKey, ...]:
        """Return a user's keys that are not revoked, also expired ones, the oldest first."""
        ...

    async def revoke(self, key_id: UUID, user_id: str | None = None) -> None:
        """Revoke a key; raises `KeyNotFound` if it is not there, revoked, or another user's."""
        ...

    async def use(self, digest: str) -> tuple[ApiKey, User] | None:
        """Return a valid key and its user, and note the use within a minute.

        Returns None for a key that is unknown, expired or revoked, or whose user is disabled.
        """
        ...
