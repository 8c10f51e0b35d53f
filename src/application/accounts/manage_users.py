"""Add users, change their passwords, disable and enable them."""

from uuid import uuid4

import msgspec

from application.accounts.attempt_limits import AttemptLimits
from application.ports.logins import Logins
from application.ports.password_hasher import PasswordHasher
from application.ports.users import UserRepository
from domain.accounts.errors import RegistrationClosed
from domain.accounts.rules import Registration, check_user_id, check_user_name, normalised
from domain.accounts.users import Role, User
from domain.shared.validation import refuse_faults


class FindUser:
    """Finds a user by name, in any case."""

    def __init__(self, users: UserRepository) -> None:
        """Take the port."""
        self._users = users

    async def __call__(self, name: str) -> User:
        """Return the user; raises `UserNotFound`."""
        return await self._users.named(name)


class AddUser:
    """Adds a user, for an operator."""

    def __init__(self, users: UserRepository, hasher: PasswordHasher) -> None:
        """Take the ports."""
        self._users = users
        self._hasher = hasher

    async def __call__(
        self, registration: Registration, role: Role = Role.USER, user_id: str | None = None
    ) -> User:
        """Return the new user; the id of former tasks gives the user these tasks and their films.

        Raises `InvalidRequest` and `UserTaken`.
        """
        user = await _new_user(self._hasher, registration, role, user_id)
        await self._users.add(user)
        return user


class Register:
    """Adds the user who asks for it: the first one as administrator, others if it is allowed."""

    def __init__(
        self,
        users: UserRepository,
        hasher: PasswordHasher,
        limits: AttemptLimits,
        *,
        is_open: bool = False,
        is_closed: bool = False,
    ) -> None:
        """Take the ports, the limits, and True if everybody, or nobody, may register."""
        self._users = users
        self._hasher = hasher
        self._limits = limits
        self._is_open = is_open
        self._is_closed = is_closed

    async def __call__(self, registration: Registration, address: str) -> User:
        """Return the new user.

        Raises `InvalidRequest`, `UserTaken`, `RegistrationClosed` and `TooManyAttempts`.
        """
        if self._is_closed:
            raise RegistrationClosed
        await self._limits.registration(address)
        user = await _new_user(self._hasher, registration, Role.ADMIN)
        try:
            await self._users.add(user, first=True)
        except RegistrationClosed:
            if not self._is_open:
                raise
            user = msgspec.structs.replace(user, role=Role.USER)
            await self._users.add(user)
        return user


class SetPassword:
    """Changes a password and ends all log-ins of the user."""

    def __init__(self, users: UserRepository, logins: Logins, hasher: PasswordHasher) -> None:
        """Take the ports."""
        self._users = users
        self._logins = logins
        self._hasher = hasher

    async def __call__(self, registration: Registration) -> User:
        """Give the user of a name a new password; raises `InvalidRequest`, `UserNotFound`."""
        refuse_faults(registration)
        user = await self._users.named(registration.name)
        new = await self._hasher.hash(normalised(registration.password))
        user = await self._users.update(
            user.id, lambda before: msgspec.structs.replace(before, password_hash=new)
        )
        await self._logins.revoke_all(user.id)
        return user


class DisableUser:
    """Disables a user, whose tokens and API keys are refused from then on; or enables one."""

    def __init__(self, users: UserRepository, logins: Logins) -> None:
        """Take the ports."""
        self._users = users
        self._logins = logins

    async def __call__(self, name: str, *, disabled: bool) -> User:
        """Return the changed user; raises `UserNotFound`."""
        user = await self._users.named(name)
        user = await self._users.update(
            user.id, lambda before: msgspec.structs.replace(before, disabled=disabled)
        )
        if disabled:
            await self._logins.revoke_all(user.id)
        return user


async def _new_user(
    hasher: PasswordHasher, registration: Registration, role: Role, user_id: str | None = None
) -> User:
    refuse_faults(registration)
    check_user_name(registration.name)
    user_id = uuid4().hex if user_id is None else user_id
    check_user_id(user_id)
    return User(
        id=user_id,
        name=registration.name.strip(),
        role=role,
        password_hash=await hasher.hash(normalised(registration.password)),
    )
