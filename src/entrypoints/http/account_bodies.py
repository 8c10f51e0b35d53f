"""Request bodies of the routes for accounts."""

from functools import partial

import msgspec

from application.accounts.manage_keys import ApiKeyRequest
from domain.accounts.rules import Credentials, Registration, Secret
from entrypoints.http.request_bodies import Unread, read_body


class RefreshToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A refresh token, as `POST /api/auth/token` has issued it."""

    refresh_token: Secret


class UnreadRegistration(Unread):
    """A body that should be the name and the password of a new user."""

    kind = Registration

    async def registration(self) -> Registration:
        """Return the name and the password; raises `InvalidRequest` with every violation."""
        return await self._read(partial(read_body, kind=Registration))


class UnreadCredentials(Unread):
    """A body that should be a name and a password."""

    kind = Credentials

    async def credentials(self) -> Credentials:
        """Return the name and the password; raises `InvalidRequest` with every violation."""
        return await self._read(partial(read_body, kind=Credentials))


class UnreadRefreshToken(Unread):
    """A body that should be a refresh token."""

    kind = RefreshToken

    async def token(self) -> str:
        """Return the token; raises `InvalidRequest` with every violation."""
        return (await self._read(partial(read_body, kind=RefreshToken))).refresh_token


class UnreadApiKeyRequest(Unread):
    """A body that should describe a new API key."""

    kind = ApiKeyRequest

    async def key_request(self) -> ApiKeyRequest:
        """Return the request; raises `InvalidRequest` with every violation."""
        return await self._read(partial(read_body, kind=ApiKeyRequest))
