"""Work that stops when the client who asked for it leaves."""

import asyncio
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
        working.cancel()
        await asyncio.wait({working})
        raise ClientGone
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _gone(request: Request[Any, Any, Any]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue
