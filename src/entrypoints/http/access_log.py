"""Log every request with an id."""

import re
import time
from collections.abc import Callable, Mapping
from http import HTTPMethod, HTTPStatus
from typing import Any, Final, cast
from uuid import uuid4

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from application.monitoring.catalogue import REQUEST_SECONDS, REQUESTS
from application.monitoring.no_metrics import NO_METRICS
from application.operations.tracing import UNTRACED, Tracing, trace_id
from application.ports.metrics import Metrics
from application.ports.spans import Span, SpanKind
from domain.shared.texts import printable, shortened
from entrypoints.http import problems

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LONGEST: Final = 200
"""Maximum characters of a path in the log; the API's own paths have less than half of it."""
STARTS: Final = ("http.response.start", "websocket.http.response.start")
"""Types of the messages that begin an answer; the latter refuses a WebSocket."""
NO_ROUTE: Final = "none"
"""Label of requests for addresses that no route has."""
_METHODS: Final = frozenset({*HTTPMethod, "WEBSOCKET"})
_log = structlog.stdlib.get_logger("bachata.access")


def access_log(
    app: ASGIApp,
    tracing: Callable[[], Tracing] = lambda: UNTRACED,
    metrics: Callable[[], Metrics] = lambda: NO_METRICS,
) -> ASGIApp:
    """Wrap an application so that requests get an id, answers contain it, and both are logged.

    Each request is counted and measured in ``metrics``. It is a span of ``tracing``; one with a
    ``traceparent`` belongs to the trace of its client.

    A WebSocket is logged when it ends, with the code of its close. A client may send its own
    ``X-Request-ID``. Headers and bodies are not logged. An error that leaves the application before
    an answer is answered as a bug.
    """

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        began = time.monotonic()
        request_id = _request_id(scope)
        path, status = printable(shortened(scope["path"], _LONGEST)), 0
        close_code: int | None = None

        async def sending(message: Message) -> None:
            nonlocal status, close_code
            if message["type"] in STARTS:
                started = cast(HTTPResponseStartEvent, message)
                status = int(started["status"])
                MutableScopeHeaders(started)["X-Request-ID"] = request_id
            elif message["type"] == "websocket.accept":
                status = int(HTTPStatus.SWITCHING_PROTOCOLS)
            elif message["type"] == "websocket.close":
                status = status or int(HTTPStatus.FORBIDDEN)
                close_code = message["code"]
            await send(message)

        clear_contextvars()
        method = shortened(method_of(scope), 20)
        parent = _header(scope, b"traceparent")
        with tracing().span(method, SpanKind.SERVER, parent) as span:
            bind_contextvars(request_id=request_id, **trace_id(span))
            try:
                await app(scope, receive, sending)
            except Exception as error:
                if status or scope["type"] != "http":
                    raise
                await problems.send_bug(scope, sending, error)
            finally:
                route = cast(Mapping[str, Any], scope).get("path_template")
                _log.info(
                    "request",
                    method=method,
                    path=path,
                    route=route,
                    status=status,
                    duration_ms=round(1000 * (time.monotonic() - began), 1),
                    **({} if close_code is None else {"close_code": close_code}),
                )
                _describe(span, method, route, status)
                _measure(metrics(), method, route, status, time.monotonic() - began)

    return logged


def method_of(scope: Scope) -> str:
    """Return the method of a request; `WEBSOCKET` for a WebSocket, which has none."""
    return str(cast(Mapping[str, Any], scope).get("method", "WEBSOCKET"))


def _request_id(scope: Scope) -> str:
    given = _header(scope, b"x-request-id")
    return given if given is not None and _ID.fullmatch(given) else uuid4().hex


def _header(scope: Scope, name: bytes) -> str | None:
    """Return the first value of a header."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def _measure(metrics: Metrics, method: str, route: str | None, status: int, seconds: float) -> None:
    """Count a request by its route; of the client's own text, only known methods are kept."""
    known = method if method in _METHODS else "other"
    metrics.add(REQUESTS, known, route or NO_ROUTE, str(status))
    metrics.observe(REQUEST_SECONDS, seconds, known, route or NO_ROUTE)


def _describe(span: Span, method: str, route: str | None, status: int) -> None:
    """Describe a request by facts that contain no text of the client."""
    known = get_contextvars()
    span.rename(f"{method} {route}" if route else method)
    span.describe(
        {
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
            **{f"bachata.{name}": known.get(name) for name in ("request_id", "task_id", "caller")},
        }
    )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.fail(str(status))
