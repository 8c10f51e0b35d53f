"""HTTP/1.1 as uvicorn speaks it, with zero-copy, and problem documents for malformed requests."""

import asyncio
from http import HTTPStatus
from typing import Any, Final, cast
from uuid import uuid4

import h11
import structlog
from structlog.contextvars import bound_contextvars
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from entrypoints.http import problems
from entrypoints.http.zero_copy import EXTENSION

_MALFORMED: Final = "These bytes are no HTTP request, or its headers exceed 16 kB."
_log = structlog.stdlib.get_logger("bachata.access")


class ServiceProtocol(H11Protocol):
    """A connection that can have the system copy files.

    uvicorn would answer a malformed request in plain text.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """See `asyncio.Protocol`."""
        super().connection_made(transport)
        if _can_copy_to(transport):
            self.app = self._copying(self.app)

    def _copying(self, app: Any) -> Any:  # noqa: ANN401 - uvicorn's own types
        """Wrap the application so that it may send messages of the extension."""

        async def offered(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
            cycle = self.cycle

            async def sending(message: Any) -> None:  # noqa: ANN401
                if message["type"] == EXTENSION:
                    await _copy(cycle, self.transport, message)
                else:
                    await send(message)

            scope["extensions"] = {**(scope.get("extensions") or {}), EXTENSION: {}}
            await app(scope, receive, sending)

        return offered

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that do not reach the application, and close the connection."""
        # A body may be malformed when its answer has begun.
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._refuse(msg)
        self.transport.close()

    def _refuse(self, reason: str) -> None:
        status, request_id = HTTPStatus.BAD_REQUEST, uuid4().hex
        with bound_contextvars(request_id=request_id):
            _log.info("malformed request", status=int(status), reason=reason)
            body, _ = problems.encoded("", status, "malformed-request", _MALFORMED)
        headers = {
            "Content-Type": problems.PROBLEM,
            "Content-Length": str(len(body)),
            "Connection": "close",
            "X-Request-ID": request_id,
        }
        start = h11.Response(
            status_code=status, headers=list(headers.items()), reason=status.phrase
        )
        for event in (start, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")


class _Bytes:
    """Stands for bytes that only the system sees, so that h11 counts them."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count


async def _copy(
    cycle: RequestResponseCycle, transport: asyncio.Transport, message: dict[str, Any]
) -> None:
    """Send a message of the extension on the connection of a request.

    As for other messages, nothing is sent to a client that has disconnected.
    """
    if cycle.disconnected:
        return
    data = h11.Data(data=cast(bytes, _Bytes(message["count"])))
    pieces: list[Any] = [*(cycle.conn.send_with_data_passthrough(data) or ())]
    for piece in pieces:
        if isinstance(piece, bytes):
            transport.write(piece)
            continue
        if not await _is_copied(transport, message):
            # The answer cannot be completed.
            transport.abort()
            cycle.disconnected = True
            return
    if not message.get("more_body", False):
        await cycle.send({"type": "http.response.body", "body": b"", "more_body": False})


async def _is_copied(transport: asyncio.Transport, message: dict[str, Any]) -> bool:
    """Have the system copy a part of a file; return False if it is not sent to its end."""
    count: int = message["count"]
    loop = asyncio.get_running_loop()
    try:
        sent = await loop.sendfile(transport, message["file"], message["offset"], count)
    except (OSError, RuntimeError) as error:
        # asyncio raises RuntimeError for a connection that is being closed.
        if not (isinstance(error, ConnectionError) or transport.is_closing()):
            _log.warning("a file could not be sent to its end", reason=str(error))
        return False
    if sent < count:
        _log.warning(
            "a file could not be sent to its end", reason=f"it has {sent} of {count} bytes"
        )
    return sent == count


def _can_copy_to(transport: asyncio.Transport) -> bool:
    """Return True if the system can copy files to a connection."""
    plain = transport.get_extra_info("sslcontext") is None
    return plain and isinstance(asyncio.get_running_loop(), asyncio.SelectorEventLoop)
