"""Work that stops when the client who asked for it leaves."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, TypeVar

from litestar import Request

from entrypoints.http.problems import ClientGone

T = TypeVar("T")


async def while_connected(request: Request[Any, Any, Any], work: Coroutine[Any, Any, T]) -> T:
    """Return the result of ``work``; when the client leaves, cancel it, wait, raise `ClientGone`.

    The body of the request must have been read. However this ends, the work has ended too.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientGone
    finally:
        await _ended(leaving)
        await _ended(working)


async def _gone(request: Request[Any, Any, Any]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


async def _ended(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait for its end, however often the wait itself is cancelled."""
    task.cancel()
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait({task})
    if not task.cancelled():
        # How it ended is on record; nobody asks this task any more.
        task.exception()
