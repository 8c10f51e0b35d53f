"""Recognise the caller of every request before its body is read."""

from typing import Any, Final, cast

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope
from structlog.contextvars import bind_contextvars

from application.accounts.authenticate import Authenticate
from domain.accounts.errors import TokenRejected
from domain.accounts.users import Caller
from domain.accounts.users import Scope as Permission

PUBLIC: Final = "public"
"""Option of a route that needs no caller."""
SCOPE: Final = "scope"
"""Option of a route: its scope; without it, reading methods need `read` and others `make`."""
CHANGES_LIBRARY: Final = {SCOPE: Permission.ADMIN}
"""Options of a route that changes what all users share."""

_READS: Final = ("GET", "HEAD", "OPTIONS")
_SCHEMA: Final = "/schema"
_BEARER: Final = "bearer "

Connection = ASGIConnection[Any, Any, Any, Any]


async def authenticated(connection: Connection, handler: BaseRouteHandler) -> None:
    """Set the user of a connection; a route that does not say otherwise needs one.

    Raises `NotAuthenticated` or `TokenRejected` (401) without a caller, and `Forbidden` (403) for a
    caller whose scopes do not include that of the route.
    """
    if is_public(handler, connection.scope["path"]):
        return
    authenticate: Authenticate = connection.app.state.use_cases.authenticate
    token = _bearer(connection) if authenticate.is_on else None
    caller = await authenticate(token, connection.headers.get("x-api-key"))
    if authenticate.is_on:
        bind_contextvars(caller=caller.user_id)
    caller.require(_scope_of(connection, handler))
    connection.scope["user"] = caller


def is_public(handler: BaseRouteHandler, path: str) -> bool:
    """Return True for a route that needs no caller."""
    return bool(handler.opt.get(PUBLIC)) or path == _SCHEMA or path.startswith(f"{_SCHEMA}/")


def caller_id(scope: Scope) -> str:
    """Return the id of the user who sends a request, or opens a WebSocket."""
    return account(scope).user_id


def account(scope: Scope) -> Caller:
    """Return the caller of a request or of a WebSocket."""
    return scope["user"]


def address_of(request: Request[Any, Any, Any]) -> str:
    """Return the network address of a client, or the one that a proxy on this machine reports."""
    return request.client.host if request.client else "unknown"


def _bearer(connection: Connection) -> str | None:
    """Return the token of a request; raises `TokenRejected` for another way to authenticate."""
    header = connection.headers.get("authorization")
    if header is None:
        return None
    if not header.lower().startswith(_BEARER):
        raise TokenRejected("The header Authorization is `Bearer` and a token.")
    return header[len(_BEARER) :].strip()


def _scope_of(connection: Connection, handler: BaseRouteHandler) -> Permission:
    if SCOPE in handler.opt:
        return handler.opt[SCOPE]
    # A WebSocket has no method, and only reads.
    scope = cast(dict[str, Any], connection.scope)
    reads = scope.get("method", "GET") in _READS
    return Permission.READ if reads else Permission.MAKE
