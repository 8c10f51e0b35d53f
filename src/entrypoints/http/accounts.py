"""Routes for accounts: registering, tokens and API keys."""

from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from application.accounts.authenticate import Authenticate
from application.accounts.log_in import LogIn, LogOut, RefreshTokens, TokenPair
from application.accounts.manage_keys import (
    CreateApiKey,
    IssuedApiKey,
    ListApiKeys,
    RevokeApiKey,
    require_login,
)
from application.accounts.manage_users import Register
from domain.accounts.users import SCOPES, ApiKey, Caller, Role, Scope, User
from entrypoints.http.account_bodies import (
    UnreadApiKeyRequest,
    UnreadCredentials,
    UnreadRefreshToken,
    UnreadRegistration,
)
from entrypoints.http.callers import PUBLIC, SCOPE, address_of
from entrypoints.http.dependencies import Wired
from entrypoints.http.problems import documented
from entrypoints.http.request_bodies import JsonRequest

_PATH: Final = "/api/auth"
_STORED: Final = "no-store"
"""Cache-Control of answers with secrets."""
_WRITES: Final = (400, 408, 409, 413, 415, 500, 503)


T = TypeVar("T")


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The user who sends a request, and what the request may do."""

    id: str
    name: str
    role: Role
    scopes: tuple[Scope, ...]
    """The requests that this token or API key may be used for."""


class ApiKeyList(msgspec.Struct, frozen=True, kw_only=True):
    """The API keys of a user."""

    items: tuple[ApiKey, ...]


class AccountController(Controller):
    """Routes below `/api/auth`."""

    path = _PATH
    tags = ("accounts",)

    @post(
        "/register",
        operation_id="register",
        opt={PUBLIC: True},
        request_class=JsonRequest,
        response_description="The new user",
        responses=documented(*_WRITES, 429, public=True),
    )
    async def register(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadRegistration],
        register: Wired[Register],
        authenticate: Wired[Authenticate],
    ) -> Account:
        """Register a user; the first one becomes administrator."""
        registration = await data.registration()
        authenticate.require_accounts()
        user = await register(registration, address_of(request))
        return _account(user)

    @post(
        "/token",
        operation_id="createToken",
        status_code=200,
        opt={PUBLIC: True},
        request_class=JsonRequest,
        response_description="An access token and a refresh token",
        responses=documented(401, *_WRITES, 429, public=True),
    )
    async def token(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadCredentials],
        log_in: Wired[LogIn],
        authenticate: Wired[Authenticate],
    ) -> Response[TokenPair]:
        """Log in with a name and a password; returns tokens."""
        credentials = await data.credentials()
        authenticate.require_accounts()
        return _secret(await log_in(credentials, address_of(request)))

    @post(
        "/token/refresh",
        operation_id="refreshToken",
        status_code=200,
        opt={PUBLIC: True},
        request_class=JsonRequest,
        response_description="The next access token and refresh token",
        responses=documented(401, *_WRITES, public=True),
    )
    async def refresh(
        self,
        data: JSONBody[UnreadRefreshToken],
        refresh_tokens: Wired[RefreshTokens],
        authenticate: Wired[Authenticate],
    ) -> Response[TokenPair]:
        """Exchange a refresh token for new tokens; a token that is used twice ends the log-in."""
        token = await data.token()
        authenticate.require_accounts()
        return _secret(await refresh_tokens(token))

    @post(
        "/token/revoke",
        operation_id="revokeToken",
        status_code=204,
        opt={PUBLIC: True},
        request_class=JsonRequest,
        response_description="The log-in has ended, if there was one",
        responses=documented(*_WRITES, public=True),
    )
    async def revoke(
        self,
        data: JSONBody[UnreadRefreshToken],
        log_out: Wired[LogOut],
        authenticate: Wired[Authenticate],
    ) -> None:
        """Log out: the refresh token and the access tokens of its log-in are refused."""
        token = await data.token()
        authenticate.require_accounts()
        await log_out(token)

    @get(
        "/me",
        operation_id="getAccount",
        response_description="The caller",
        responses=documented(500, 503),
    )
    async def me(self, account: NamedDependency[Caller]) -> Account:
        """Return the user who sends the request."""
        return Account(
            id=account.user_id,
            name=account.name,
            role=account.role,
            scopes=_ordered(account.scopes),
        )

    @get(
        "/keys",
        operation_id="listApiKeys",
        response_description="The keys, the oldest first",
        responses=documented(500, 503),
    )
    async def keys(
        self, list_api_keys: Wired[ListApiKeys], caller: NamedDependency[str]
    ) -> ApiKeyList:
        """List the caller's API keys, without their secrets."""
        return ApiKeyList(items=await list_api_keys(caller))

    @post(
        "/keys",
        operation_id="createApiKey",
        opt={SCOPE: Scope.READ},
        request_class=JsonRequest,
        response_description="The key, with its secret",
        responses=documented(*_WRITES),
    )
    async def create_key(
        self,
        data: JSONBody[UnreadApiKeyRequest],
        create_api_key: Wired[CreateApiKey],
        account: NamedDependency[Caller],
        authenticate: Wired[Authenticate],
    ) -> Response[IssuedApiKey]:
        """Create an API key; the answer is the only one that shows its secret."""
        key_request = await data.key_request()
        authenticate.require_accounts()
        require_login(account)
        return _secret(await create_api_key(key_request, account.user_id, account.role))

    @delete(
        "/keys/{key_id:uuid}",
        operation_id="revokeApiKey",
        opt={SCOPE: Scope.READ},
        response_description="The key is revoked",
        responses=documented(404, 409, 500, 503),
    )
    async def revoke_key(
        self,
        key_id: FromPath[UUID],
        revoke_api_key: Wired[RevokeApiKey],
        account: NamedDependency[Caller],
        authenticate: Wired[Authenticate],
    ) -> None:
        """Revoke an API key of the caller."""
        authenticate.require_accounts()
        require_login(account)
        await revoke_api_key(key_id, account.user_id)


def _account(user: User) -> Account:
    return Account(id=user.id, name=user.name, role=user.role, scopes=_ordered(SCOPES[user.role]))


def _ordered(scopes: frozenset[Scope]) -> tuple[Scope, ...]:
    return tuple(each for each in Scope if each in scopes)


def _secret(body: T) -> Response[T]:
    return Response(body, headers={"Cache-Control": _STORED})
