"""Cancel the work of a request when its client disconnects, or when the service stops."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from litestar import Request

from application.concurrency.timeouts import LEAVING, Timeouts, ended
from entrypoints.http.problems import ClientGone

T = TypeVar("T")


async def while_connected(request: Request[Any, Any, Any], work: Coroutine[Any, Any, T]) -> T:
    """Return the result of ``work``; if the client disconnects, cancel it, wait, raise
    `ClientGone`.

    The body of the request must have been read. When this returns or raises, the work has ended, or
    is abandoned because it does not end.
    """
    limits: Timeouts = request.app.state.timeouts
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_gone(request))
    try:
        # `answering.in_time` limits this wait.
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientGone
    finally:
        for task in (leaving, working):
            task.cancel()
            await ended(task, f"{request.method} {request.url.path}", limits.leaving)


async def until_stopped(stopping: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Return when ``work`` has ended; when the service stops, cancel it and wait for its end."""
    working = asyncio.ensure_future(work)
    stop = asyncio.ensure_future(stopping.wait())
    try:
        # `answering.in_time` limits this wait.
        await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        for task in (stop, working):
            task.cancel()
            await ended(task, "a stream of events", LEAVING)


async def _gone(request: Request[Any, Any, Any]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue
