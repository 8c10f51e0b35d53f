"""Log in with a name and a password."""

import msgspec

from application.accounts.access_tokens import AccessTokens
from application.accounts.attempt_limits import AttemptLimits
from application.accounts.secret_texts import RefreshText, new_refresh, refresh_of
from application.ports.logins import LiveLogin, Logins
from application.ports.password_hasher import PasswordHasher
from application.ports.users import UserRepository
from domain.accounts.errors import TokenRejected, UserNotFound, WrongCredentials
from domain.accounts.rules import ACCESS_LIFE, REFRESH_LIFE, Credentials, normalised
from domain.accounts.users import User


class TokenPair(msgspec.Struct, frozen=True, kw_only=True):
    """An access token for requests, and a refresh token for the next pair."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"  # noqa: S105 - the word of RFC 6750
    expires_in: int = int(ACCESS_LIFE.total_seconds())
    """Seconds for which the access token is valid."""


class LogIn:
    """Exchanges a name and a password for tokens."""

    def __init__(
        self,
        users: UserRepository,
        logins: Logins,
        hasher: PasswordHasher,
        tokens: AccessTokens,
        limits: AttemptLimits,
    ) -> None:
        """Take the ports, the access tokens and the limits."""
        self._users = users
        self._logins = logins
        self._hasher = hasher
        self._tokens = tokens
        self._limits = limits

    async def __call__(self, credentials: Credentials, address: str) -> TokenPair:
        """Return tokens; raises `WrongCredentials`, and `TooManyAttempts` after too many of these.

        An unknown name takes as long as a wrong password, so that names cannot be found out.
        """
        async with self._limits.log_in(credentials.name, address):
            user = await self._verified(credentials)
        refresh = new_refresh()
        try:
            live = await self._logins.start(refresh.login_id, user.id, refresh.digest, REFRESH_LIFE)
        except TokenRejected:
            # The user was disabled in between.
            raise WrongCredentials from None
        return await pair_of(self._tokens, refresh, live)

    async def _verified(self, credentials: Credentials) -> User:
        try:
            user = await self._users.named(credentials.name)
        except UserNotFound:
            user = None
        password = normalised(credentials.password)
        verified = await self._hasher.verify(password, user and user.password_hash)
        if user is None or not verified.matches or user.disabled:
            raise WrongCredentials
        if verified.outdated:
            await self._rehash(user, password)
        return user

    async def _rehash(self, user: User, password: str) -> None:
        """Replace the hash, unless the password has changed in between."""
        new = await self._hasher.hash(password)

        def change(before: User) -> User:
            same = before.password_hash == user.password_hash
            return msgspec.structs.replace(before, password_hash=new) if same else before

        await self._users.update(user.id, change)


class RefreshTokens:
    """Exchanges a refresh token for new tokens, once."""

    def __init__(self, logins: Logins, tokens: AccessTokens) -> None:
        """Take the port and the access tokens."""
        self._logins = logins
        self._tokens = tokens

    async def __call__(self, refresh_token: str) -> TokenPair:
        """Return the next pair.

        Raises `TokenRejected`; raises `TokenReused` and ends the log-in if the refresh token was
        used before, because then somebody else may have it.
        """
        old = refresh_of(refresh_token)
        if old is None:
            raise TokenRejected
        new = new_refresh(old.login_id)
        live = await self._logins.exchange(old.login_id, old.digest, new.digest, REFRESH_LIFE)
        return await pair_of(self._tokens, new, live)


class LogOut:
    """Ends the log-in of a refresh token, and all its tokens with it."""

    def __init__(self, logins: Logins) -> None:
        """Take the port."""
        self._logins = logins

    async def __call__(self, refresh_token: str) -> None:
        """End the log-in; nothing happens if the token is unknown, as RFC 7009 has it."""
        old = refresh_of(refresh_token)
        if old is not None:
            await self._logins.revoke(old.login_id)


async def pair_of(tokens: AccessTokens, refresh: RefreshText, live: LiveLogin) -> TokenPair:
    """Return a refresh token with an access token of the same log-in."""
    access = await tokens.issue(refresh.login_id, live)
    return TokenPair(access_token=access, refresh_token=refresh.text)
