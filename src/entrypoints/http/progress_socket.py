"""A WebSocket that tells the progress of a task."""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, Final, cast
from uuid import UUID

from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromPath

from application.concurrency.timeouts import Timeouts, ended, limited
from application.jobs.watch_task import FROM_RECORD, Outcome, Update, WatchTask
from domain.jobs.errors import SubscriberTooSlow
from domain.shared.errors import BachataError, InvalidRequest, TaskNotFound, WaitedTooLong
from domain.shared.violations import Violation
from entrypoints.http import problems
from entrypoints.http.dependencies import Wired
from entrypoints.http.event_stream import event_of

Socket = WebSocket[Any, Any, Any]

DONE: Final = 1000
UNKNOWN: Final = 4404
TOO_SLOW: Final = 4408
_REFUSED: Final = 4000
"""A code is this number plus the HTTP status of the error."""
_ID: Final = re.compile(r"[0-9]{1,18}")
_HEARTBEAT: Final = b'{"type":"heartbeat"}'

_log = logging.getLogger("bachata.http")


@websocket("/ws/progress/{session_id:str}")
async def progress_socket(
    socket: Socket,
    session_id: FromPath[str],
    watch_task: Wired[WatchTask],
    caller: NamedDependency[str],
) -> None:
    """Send the progress of the task whose id is ``session_id``, and then its outcome.

    The query parameter `after` is the id of the message that was read last. Messages of the client
    are ignored. The code of the close says why: 1000 after the outcome, 4404 for an unknown task,
    4408 for a client that reads too slowly. If too many are connected, the handshake is answered
    with 429 or 503.
    """
    try:
        await _serve(socket, session_id, watch_task, caller)
    except (WebSocketDisconnect, OSError) as error:
        _log.debug("a WebSocket was closed by its client: %r", error)
    except BachataError as error:
        await _end(socket, error)


async def _serve(socket: Socket, session_id: str, watch_task: WatchTask, caller: str) -> None:
    try:
        task_id = UUID(session_id)
    except ValueError:
        raise TaskNotFound from None
    async with watch_task(task_id, caller, _after(socket)) as updates:
        await socket.accept()
        await _while_connected(socket, updates)


def _after(socket: Socket) -> int:
    text = socket.query_params.get("after", "0")
    if _ID.fullmatch(text) is None:
        violation = Violation(path="after", message="It is the id of a message, a number.")
        raise InvalidRequest((violation,))
    return int(text)


async def _while_connected(socket: Socket, updates: AsyncIterator[Update]) -> None:
    limits: Timeouts = socket.app.state.timeouts
    sending = asyncio.ensure_future(_send_all(socket, updates))
    leaving = asyncio.ensure_future(_gone(socket))
    try:
        # `answering.in_time` limits this wait.
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
            await _close(socket, DONE, "ended")
    finally:
        for task in (leaving, sending):
            task.cancel()
            await ended(task, socket.url.path, limits.leaving)


async def _send_all(socket: Socket, updates: AsyncIterator[Update]) -> None:
    limits: Timeouts = socket.app.state.timeouts
    async with aclosing(cast(AsyncGenerator[Update], updates)):
        async for update in updates:
            async with limited("a reader of events", limits.event_reader):
                await socket.send_text(_written(update, socket.url.path))


def _written(update: Update, path: str) -> bytes:
    if update is None:
        return _HEARTBEAT
    name, data = event_of(update, path)
    if isinstance(update, Outcome):
        return b'{"type":"%s","%s":%s}' % (name.encode(), name.encode(), data)
    number = b"" if update.id == FROM_RECORD else b'"id":%d,' % update.id
    return b'{"type":"progress",%s%s' % (number, data[1:])


async def _gone(socket: Socket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        continue


async def _end(socket: Socket, error: BachataError) -> None:
    """Tell the client the error: by the code of the close, or before that by an HTTP answer."""
    if socket.connection_state == "init" and not isinstance(error, TaskNotFound):
        await _refuse(socket, error)
        return
    if socket.connection_state == "init":
        # A handshake that is refused tells a browser no code.
        await socket.accept()
    slow = isinstance(error, SubscriberTooSlow | WaitedTooLong)
    await _close(socket, TOO_SLOW if slow else _REFUSED + problems.status_of(error), error.code)


async def _refuse(socket: Socket, error: BachataError) -> None:
    """Answer the handshake with a problem, if the server can; otherwise with 403."""
    extensions: Any = cast(dict[str, Any], socket.scope).get("extensions") or {}
    if "websocket.http.response" not in extensions:
        await socket.close(_REFUSED + problems.status_of(error), error.code)
        return

    async def send(message: Any) -> None:  # noqa: ANN401 - any message of an HTTP answer
        refusal: Any = {**message, "type": f"websocket.{message['type']}"}
        await socket.send(refusal)

    await problems.send_error(socket.scope, send, error)


async def _close(socket: Socket, code: int, reason: str) -> None:
    limits: Timeouts = socket.app.state.timeouts
    try:
        async with limited("a client to be told why", limits.closing):
            await socket.close(code, reason)
    except (WebSocketDisconnect, WaitedTooLong, OSError) as error:
        _log.debug("a WebSocket was closed by its client: %r", error)
