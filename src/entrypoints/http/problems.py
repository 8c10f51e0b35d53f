"""Convert errors to problem documents (RFC 9457), with one table of statuses."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import Scope, Send

from application.media.disk_errors import KINDS
from domain.accounts.errors import Forbidden, NotAuthenticated
from domain.jobs.errors import KeyInUse, KeyReused
from domain.rendering.hls_playlist import PreviewOutdated
from domain.shared import errors
from domain.shared.texts import printable, shortened
from domain.shared.violations import Concern, Violation, bounded
from domain.storage.quota import QuotaExceeded
from entrypoints.http.problem_headers import headers_of
from entrypoints.http.request_bodies import LARGEST

STATUS: Final[Mapping[type[errors.BachataError], HTTPStatus]] = {
    errors.Refused: HTTPStatus.BAD_REQUEST,
    errors.TooSlow: HTTPStatus.REQUEST_TIMEOUT,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnacceptedMedia: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    PreviewOutdated: HTTPStatus.GONE,
    errors.Conflict: HTTPStatus.CONFLICT,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.CallerBusy: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.Broken: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.DiskFull: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.DiskReadOnly: HTTPStatus.INSUFFICIENT_STORAGE,
    QuotaExceeded: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.AssemblyTimedOut: HTTPStatus.GATEWAY_TIMEOUT,
    errors.NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.BachataError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Status by error type; the nearest base class of an error decides."""

PROBLEM: Final = "application/problem+json"
CLIENT_GONE: Final = 499
"""Status in the log for a request whose client disconnected."""

_RETRY_AFTER: Final = "5"
"""Seconds after which a retry may succeed."""
_PASSING: Final = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)
_LONGEST: Final = 1_000
"""Maximum characters of any text in a problem, except the details of a failure."""
_LONGEST_DETAILS: Final = 8_000

_FRAMEWORK: Final[Mapping[HTTPStatus, tuple[str, str]]] = {
    HTTPStatus.BAD_REQUEST: ("invalid-request", "The request breaks one or more rules."),
    HTTPStatus.NOT_FOUND: ("no-such-route", "There is nothing at this address; see /schema."),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "method-not-allowed",
        "This address does not support this method; the Allow header lists those that it supports.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "body-too-large",
        f"The body is larger than {LARGEST // 1_000_000} MB.",
    ),
}
"""Codes and sentences for errors that the framework detects."""

_BUG: Final = (
    "internal-error",
    "The service failed; the request id finds the reason in its log.",
)
"""Code and sentence for errors that nobody expected."""

Asked = Request[Any, Any, Any]
log = structlog.stdlib.get_logger("bachata.http")


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """An error of a request (RFC 9457): its code, its place, and a message for people."""

    type: str
    """Stable URI of this kind of problem."""
    title: str
    """Name of the HTTP status."""
    status: int
    """HTTP status."""
    detail: str
    """One sentence for people: what happened and what to do."""
    instance: str
    """Path of the request."""
    error: str
    """The same text as `detail`."""
    details: str | tuple[Violation, ...] | None
    """The violations, or the last lines of a failure, or null."""
    stage: str | None
    """Stage of the work that failed, or null."""
    code: str
    """Stable name of this kind of problem."""
    request_id: str | None
    """Id of the request in the log."""


class ClientGone(Exception):
    """The client disconnected before it was answered."""


_ALWAYS: Final = (400, 403, 421)
"""Statuses of every route: the URL may be wrong, the page or the host may be foreign."""


def documented(*statuses: int, public: bool = False) -> dict[int, ResponseSpec]:
    """Return the error responses of a route for its documentation.

    All routes but ``public`` ones answer 401 to a request without a caller.
    """
    if not public:
        statuses = (401, *statuses)
    return {
        status: ResponseSpec(
            data_container=Problem,
            description=_phrase(HTTPStatus(status)),
            media_type=PROBLEM,
            generate_examples=False,
        )
        for status in sorted({*_ALWAYS, *statuses})
    }


def from_product(request: Asked, error: errors.BachataError) -> Response[bytes]:
    """Return the response for an error of the product."""
    details, stage = _place_of(error)
    status, headers = status_of(error), headers_of(error)
    return _response(request, status, error.code, str(error), details, stage, headers)


def document(path: str, error: errors.BachataError) -> bytes:
    """Return the problem document for an error of the product that happened at a path."""
    details, stage = _place_of(error)
    return encoded(path, status_of(error), error.code, str(error), details, stage)[0]


def _place_of(
    error: errors.BachataError,
) -> tuple[str | tuple[Violation, ...] | None, str | None]:
    """Return the details and the stage of an error."""
    if isinstance(error, errors.InvalidRequest):
        return error.violations, error.stage or "validation"
    return error.details, error.stage


def from_framework(request: Asked, error: HTTPException) -> Response[bytes]:
    """Return the response for an error of the framework, such as an unknown route or a wrong
    method.
    """
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        return from_bug(request, error)
    code, message = _FRAMEWORK.get(status, (_slug(_phrase(status)), error.detail))
    stage, details = None, None
    if status is HTTPStatus.BAD_REQUEST:
        stage, details = "validation", _violations(error)
    return _response(request, status, code, message, details, stage, error.headers)


def from_departure(request: Asked, _: ClientGone) -> Response[bytes]:
    """Return an empty response, because the client has disconnected."""
    return Response(b"", status_code=CLIENT_GONE)


def from_bug(request: Asked, error: Exception) -> Response[bytes]:
    """Return the response for any other error; only the log contains its details."""
    if isinstance(error, OSError) and (kind := KINDS.get(error.errno or 0)):
        return from_product(request, kind())
    log.error("unhandled", exc_info=error, path=request.scope["path"])
    return _response(request, HTTPStatus.INTERNAL_SERVER_ERROR, *_BUG, None, None)


HANDLERS: Final = {
    errors.BachataError: from_product,
    HTTPException: from_framework,
    ClientGone: from_departure,
    Exception: from_bug,
}


def status_of(error: errors.BachataError) -> HTTPStatus:
    """Return the status for an error of the product."""
    return next(STATUS[each] for each in type(error).__mro__ if each in STATUS)


async def send_error(scope: Scope, send_message: Send, error: errors.BachataError) -> None:
    """Answer with an error of the product, outside a handler of a request."""
    details, _ = _place_of(error)
    violations = details if isinstance(details, tuple) else None
    await send(scope, send_message, status_of(error), error.code, str(error), violations)


async def send_bug(scope: Scope, send_message: Send, error: Exception) -> None:
    """Answer a request that failed outside the application; only the log contains the details."""
    log.error("unhandled", exc_info=error, path=scope["path"])
    await send(scope, send_message, HTTPStatus.INTERNAL_SERVER_ERROR, *_BUG, None)


async def send(
    scope: Scope,
    send: Send,
    status: HTTPStatus,
    code: str,
    message: str,
    details: tuple[Violation, ...] | None,
) -> None:
    """Answer a request that does not reach the application."""
    stage = "validation" if details else None
    body, more = encoded(scope["path"], status, code, message, details, stage)
    headers = {"Content-Type": PROBLEM, "Content-Length": str(len(body)), **more}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": int(status), "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _response(
    request: Asked,
    status: HTTPStatus,
    code: str,
    message: str,
    details: str | tuple[Violation, ...] | None,
    stage: str | None,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    body, more = encoded(request.scope["path"], status, code, message, details, stage)
    if code == KeyInUse.code:
        more["Retry-After"] = _RETRY_AFTER
    return Response(
        body, status_code=int(status), media_type=PROBLEM, headers={**more, **(headers or {})}
    )


def encoded(
    path: str,
    status: HTTPStatus,
    code: str,
    message: str,
    details: str | tuple[Violation, ...] | None = None,
    stage: str | None = None,
) -> tuple[bytes, dict[str, str]]:
    """Return the body of a problem, and the headers for its status."""
    message = shortened(message, _LONGEST)
    details = details[-_LONGEST_DETAILS:] if isinstance(details, str) else details
    problem = Problem(
        type=f"/problems/{code}",
        title=_phrase(status),
        status=status,
        detail=message,
        instance=printable(shortened(path, _LONGEST)),
        error=message,
        details=details,
        stage=stage,
        code=code,
        request_id=structlog.contextvars.get_contextvars().get("request_id"),
    )
    more: dict[str, str] = {}
    if status in _PASSING:
        more["Retry-After"] = _RETRY_AFTER
    if status is HTTPStatus.REQUEST_TIMEOUT:
        # Do not wait for the rest of the body.
        more["Connection"] = "close"
    return msgspec.json.encode(problem), more


def _violations(error: HTTPException) -> tuple[Violation, ...]:
    """Return the framework's validation errors, with JSON paths for a body and names otherwise."""
    if not isinstance(error.extra, list):
        return (Violation(path="request", message=error.detail, concern=Concern.SHAPE),)
    return bounded(
        Violation(path=str(each["key"]), message=str(each["message"]), concern=Concern.SHAPE)
        for each in error.extra
    )


_PHRASES: Final[Mapping[int, str]] = {
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    416: "Requested Range Not Satisfiable",
    422: "Unprocessable Entity",
}
"""Phrases that Python 3.13 changed, fixed so that codes and titles are the same in all versions."""


def _phrase(status: HTTPStatus) -> str:
    """Return the phrase of a status."""
    return _PHRASES.get(status, status.phrase)


def _slug(phrase: str) -> str:
    return phrase.lower().replace(" ", "-")
