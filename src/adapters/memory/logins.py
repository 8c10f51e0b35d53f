"""Log-ins in memory."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from anyio.lowlevel import checkpoint

from adapters.memory.clock import MemoryClock
from adapters.memory.users import MemoryUserRepository
from application.ports.clock import Clock
from application.ports.logins import LiveLogin
from domain.accounts.errors import TokenRejected, TokenReused


class _Login(msgspec.Struct, frozen=True):
    user_id: str
    digest: str
    expires_at: datetime
    revoked: bool = False


class MemoryLogins:
    """Stores log-ins as long as the process runs."""

    def __init__(self, users: MemoryUserRepository, clock: Clock | None = None) -> None:
        """Take the users, and the store's own clock."""
        self._users = users
        self._clock = clock or MemoryClock()
        self._logins: dict[UUID, _Login] = {}

    async def start(self, login_id: UUID, user_id: str, digest: str, life: timedelta) -> LiveLogin:
        """See `application.ports.logins.Logins`."""
        await checkpoint()
        now = self._clock.now()
        user = self._users.enabled(user_id)
        if user is None:
            raise TokenRejected
        self._logins = {
            each: login
            for each, login in self._logins.items()
            if login.user_id != user_id or (login.expires_at > now and not login.revoked)
        }
        self._logins[login_id] = _Login(user_id, digest, now + life)
        return LiveLogin(user, now)

    async def exchange(self, login_id: UUID, old: str, new: str, life: timedelta) -> LiveLogin:
        """See `application.ports.logins.Logins`."""
        await checkpoint()
        live = self._live(login_id)
        if live is None:
            raise TokenRejected
        login = self._logins[login_id]
        if login.digest != old:
            self._end(login_id)
            raise TokenReused
        self._logins[login_id] = _Login(login.user_id, new, live.now + life)
        return live

    async def live(self, login_id: UUID) -> LiveLogin | None:
        """See `application.ports.logins.Logins`."""
        await checkpoint()
        return self._live(login_id)

    async def revoke(self, login_id: UUID) -> None:
        """See `application.ports.logins.Logins`."""
        await checkpoint()
        if login_id in self._logins:
            self._end(login_id)

    async def revoke_all(self, user_id: str) -> None:
        """See `application.ports.logins.Logins`."""
        await checkpoint()
        for login_id, login in self._logins.items():
            if login.user_id == user_id:
                self._end(login_id)

    def _live(self, login_id: UUID) -> LiveLogin | None:
        login, now = self._logins.get(login_id), self._clock.now()
        if login is None or login.revoked or login.expires_at <= now:
            return None
        user = self._users.enabled(login.user_id)
        return None if user is None else LiveLogin(user, now)

    def _end(self, login_id: UUID) -> None:
        self._logins[login_id] = msgspec.structs.replace(self._logins[login_id], revoked=True)
