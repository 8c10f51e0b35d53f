"""Users in memory."""

from anyio.lowlevel import checkpoint

from adapters.memory.rows import is_storable
from application.ports.users import Change
from domain.accounts.errors import RegistrationClosed, UserNotFound, UserTaken
from domain.accounts.users import User, folded


class MemoryUserRepository:
    """Stores users as long as the process runs."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        """Users by id."""

    async def add(self, user: User, *, first: bool = False) -> None:
        """See `application.ports.users.UserRepository`."""
        await checkpoint()
        if first and self.users:
            raise RegistrationClosed
        if user.id in self.users or self._find(user.name) is not None:
            raise UserTaken
        self.users[user.id] = user

    async def get(self, user_id: str) -> User:
        """See `application.ports.users.UserRepository`."""
        await checkpoint()
        return self._user(user_id)

    async def named(self, name: str) -> User:
        """See `application.ports.users.UserRepository`."""
        await checkpoint()
        user = self._find(name) if is_storable(name) else None
        if user is None:
            raise UserNotFound
        return user

    async def update(self, user_id: str, change: Change) -> User:
        """See `application.ports.users.UserRepository`."""
        await checkpoint()
        self.users[user_id] = after = change(self._user(user_id))
        return after

    def enabled(self, user_id: str) -> User | None:
        """Return the user of an id; None if it is disabled or unknown."""
        user = self.users.get(user_id)
        return None if user is None or user.disabled else user

    def _find(self, name: str) -> User | None:
        key = folded(name)
        return next((each for each in self.users.values() if each.folded_name == key), None)

    def _user(self, user_id: str) -> User:
        if user_id not in self.users:
            raise UserNotFound
        return self.users[user_id]
