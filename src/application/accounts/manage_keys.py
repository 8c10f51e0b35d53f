"""Create, list and revoke API keys."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID, uuid4

import msgspec
from msgspec import Meta

from application.accounts.secret_texts import new_key
from application.ports.api_keys import ApiKeys
from domain.accounts.errors import Forbidden
from domain.accounts.rules import MOST_KEYS
from domain.accounts.users import SCOPES, ApiKey, Caller, Role, Scope
from domain.shared.errors import Refused
from domain.shared.texts import Name


class ApiKeyRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wanted properties of an API key."""

    name: Name
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=len(Scope))] = (
        Scope.READ,
        Scope.MAKE,
    )
    """The requests that it may be used for."""
    expires_in_days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    """Days until it expires; without, it is valid until it is revoked."""


class IssuedApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A new API key, with its secret, which is shown this once."""

    key: str
    """The header `X-API-Key`."""
    api_key: ApiKey


class CreateApiKey:
    """Creates an API key for a user."""

    def __init__(self, api_keys: ApiKeys) -> None:
        """Take the port."""
        self._api_keys = api_keys

    async def __call__(self, request: ApiKeyRequest, user_id: str, role: Role) -> IssuedApiKey:
        """Return the key with its secret.

        Raises `Forbidden` for a scope that the user's role does not have, and `Refused` if the user
        has too many keys.
        """
        scopes = tuple(each for each in Scope if each in request.scopes)
        if not SCOPES[role].issuperset(scopes):
            raise Forbidden("A key cannot have scopes that its user does not have.")
        if len(await self._api_keys.of_user(user_id)) >= MOST_KEYS:
            raise Refused(f"A user has at most {MOST_KEYS} API keys; revoke one first.")
        secret = new_key()
        days = request.expires_in_days
        api_key = await self._api_keys.add(
            uuid4(),
            user_id,
            request.name,
            secret.prefix,
            secret.digest,
            scopes,
            None if days is None else timedelta(days=days),
        )
        return IssuedApiKey(key=secret.text, api_key=api_key)


class ListApiKeys:
    """Lists the keys of a user that are not revoked."""

    def __init__(self, api_keys: ApiKeys) -> None:
        """Take the port."""
        self._api_keys = api_keys

    async def __call__(self, user_id: str) -> tuple[ApiKey, ...]:
        """Return the keys, the oldest first."""
        return await self._api_keys.of_user(user_id)


class RevokeApiKey:
    """Revokes a key, which is refused from then on."""

    def __init__(self, api_keys: ApiKeys) -> None:
        """Take the port."""
        self._api_keys = api_keys

    async def __call__(self, key_id: UUID, user_id: str | None = None) -> None:
        """Revoke it; raises `KeyNotFound`, also for a key that is not of ``user_id``."""
        await self._api_keys.revoke(key_id, user_id)


def require_login(caller: Caller) -> None:
    """Raise `Forbidden` for a caller with an API key, which must not create or revoke keys."""
    if caller.login_id is None:
        raise Forbidden("API keys are managed with a token; log in first.")
