"""Log every request with an id."""

import re
import time
from typing import Final
from uuid import uuid4

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars

from domain.shared.texts import printable, shortened
from entrypoints.http import problems

_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_LONGEST: Final = 200
"""Maximum characters of a path in the log; the API's own paths have less than half of it."""
_log = structlog.stdlib.get_logger("bachata.access")


def access_log(app: ASGIApp) -> ASGIApp:
    """Wrap an application so that requests get an id, answers contain it, and both are logged.

    A client may send its own ``X-Request-ID``. Headers and bodies are not logged. An error that
    leaves the application before an answer is answered as a bug.
    """

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        began = time.monotonic()
        request_id = _request_id(scope)
        path, status = printable(shortened(scope["path"], _LONGEST)), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                MutableScopeHeaders(message)["X-Request-ID"] = request_id
            await send(message)

        clear_contextvars()
        bind_contextvars(request_id=request_id)
        try:
            await app(scope, receive, sending)
        except Exception as error:
            if status:
                raise
            await problems.send_bug(scope, sending, error)
        finally:
            _log.info(
                "request",
                method=shortened(scope["method"], 20),
                path=path,
                route=scope.get("path_template"),
                status=status,
                duration_ms=round(1000 * (time.monotonic() - began), 1),
            )

    return logged


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ID.fullmatch(value):
            return value.decode()
    return uuid4().hex
