"""Port for log-ins and their refresh tokens."""

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.accounts.users import User


class LiveLogin(NamedTuple):
    """The user of a log-in, and the time by the store's clock."""

    user: User
    now: datetime


class Logins(Protocol):
    """Stores log-ins, each with the digest of its one valid refresh token.

    All times are by the clock of the store, because the clocks of the machines may differ. A log-in
    of a disabled or unknown user is not live.
    """

    async def start(self, login_id: UUID, user_id: str, digest: str, life: timedelta) -> LiveLogin:
        """Store a log-in whose refresh token is valid for ``life``; removes the user's old ones.

        Raises `TokenRejected` if the user is disabled or unknown.
        """
        ...

    async def exchange(self, login_id: UUID, old: str, new: str, life: timedelta) -> LiveLogin:
        """Replace the digest ``old`` of a live log-in by ``new``, atomically.

        Raises `TokenReused` and revokes the log-in if its digest is another than ``old``: somebody
        has used the token before. Raises `TokenRejected` if the log-in is not live.
        """
        ...

    async def live(self, login_id: UUID) -> LiveLogin | None:
        """Return the user of a log-in; None if it is not live."""
        ...

    async def revoke(self, login_id: UUID) -> None:
        """End a log-in, if it is there."""
        ...

    async def revoke_all(self, user_id: str) -> None:
        """End all log-ins of a user."""
        ...
