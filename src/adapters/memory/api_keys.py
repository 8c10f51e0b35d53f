"""API keys in memory."""

from datetime import timedelta
from uuid import UUID

import msgspec
from anyio.lowlevel import checkpoint

from adapters.memory.clock import MemoryClock
from adapters.memory.users import MemoryUserRepository
from application.ports.clock import Clock
from domain.accounts.errors import KeyNotFound
from domain.accounts.users import ApiKey, Scope, User


class MemoryApiKeys:
    """Stores API keys as long as the process runs."""

    def __init__(self, users: MemoryUserRepository, clock: Clock | None = None) -> None:
        """Take the users, and the store's own clock."""
        self._users = users
        self._clock = clock or MemoryClock()
        self._keys: dict[str, ApiKey] = {}

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
        """See `application.ports.api_keys.ApiKeys`."""
        await checkpoint()
        now = self._clock.now()
        self._keys[digest] = key = ApiKey(
            id=key_id,
            user_id=user_id,
            name=name,
            prefix=prefix,
            scopes=scopes,
            created_at=now,
            expires_at=None if life is None else now + life,
        )
        return key

    async def of_user(self, user_id: str) -> tuple[ApiKey, ...]:
        """See `application.ports.api_keys.ApiKeys`."""
        await checkpoint()
        return tuple(key for key in self._keys.values() if key.user_id == user_id)

    async def revoke(self, key_id: UUID, user_id: str | None = None) -> None:
        """See `application.ports.api_keys.ApiKeys`."""
        await checkpoint()
        for digest, key in self._keys.items():
            if key.id == key_id and user_id in (None, key.user_id):
                del self._keys[digest]
                return
        raise KeyNotFound

    async def use(self, digest: str) -> tuple[ApiKey, User] | None:
        """See `application.ports.api_keys.ApiKeys`."""
        await checkpoint()
        key, now = self._keys.get(digest), self._clock.now()
        user = None if key is None else self._users.enabled(key.user_id)
        if key is None or user is None or (key.expires_at is not None and key.expires_at <= now):
            return None
        self._keys[digest] = key = msgspec.structs.replace(key, last_used_at=now)
        return key, user
