"""Decide who owns the tasks and films of the earlier system."""

from contextlib import suppress

from application.ports.users import UserRepository
from domain.accounts.errors import UserTaken
from domain.accounts.users import User
from domain.legacy.seeds import owner_of
from domain.shared import paths


class SeedOwners:
    """Gives tasks to the users they had, if the service has accounts, else to the local user."""

    def __init__(self, users: UserRepository, *, keeps_users: bool) -> None:
        """Take the port, and True if the service has accounts."""
        self._users = users
        self.keeps_users = keeps_users

    def owner_of(self, user: str | None) -> str:
        """Return the owner of a task whose record names ``user``."""
        if not self.keeps_users or user is None:
            return paths.LOCAL_USER
        return owner_of(user)

    async def add(self, owner: str) -> None:
        """Add a disabled user without a password, whom an operator can enable, if needed."""
        if owner != paths.LOCAL_USER:
            # An operator, or an earlier run, has added the user.
            with suppress(UserTaken):
                await self._users.add(User(id=owner, name=owner, disabled=True))
