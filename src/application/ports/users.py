"""Port for the users of the service."""

from collections.abc import Callable
from typing import Protocol

from domain.accounts.users import User

Change = Callable[[User], User]


class UserRepository(Protocol):
    """Stores users by id. After a method returns, its change survives any failure."""

    async def add(self, user: User, *, first: bool = False) -> None:
        """Store a new user; raises `UserTaken` if the id, or the name in any case, is in use.

        With ``first`` it raises `RegistrationClosed` if there is any user; of several concurrent
        calls with ``first``, one succeeds.
        """
        ...

    async def get(self, user_id: str) -> User:
        """Return the user of an id; raises `UserNotFound`."""
        ...

    async def named(self, name: str) -> User:
        """Return the user of a name, in any case; raises `UserNotFound`."""
        ...

    async def update(self, user_id: str, change: Change) -> User:
        """Apply a pure ``change``, which keeps the id and the name, and return the result.

        Of several concurrent calls each sees the result of the previous one, so ``change`` may be
        called more than once. Raises `UserNotFound`.
        """
        ...
