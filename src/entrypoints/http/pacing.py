"""Limit the time for receiving request bodies."""

import asyncio
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

from domain.library.limits import Pace
from domain.shared.errors import TooSlow


def paced(app: ASGIApp, pace: Pace) -> ASGIApp:
    """Wrap an application so that reading a body that stalls raises `TooSlow`.

    Only waiting for data counts, not the time for writing a piece to disk.
    """

    async def timed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        await app(scope, _Body(receive, pace).receive, send)

    return timed


class _Body:
    """A body that is being received."""

    def __init__(self, receive: Receive, pace: Pace) -> None:
        self._receive = receive
        self._pace = pace
        self._waited = 0.0
        self._idle = 0.0
        self._size = 0
        self._whole = False

    async def receive(self) -> Any:  # noqa: ANN401 - any message of the server
        """Return the next message; raises `TooSlow`."""
        if self._whole:
            # The body is complete; the next message is the disconnect of the client.
            return await self._receive()
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(self._pace.time_left(self._waited, self._idle, self._size)):
                message: Any = await self._receive()
        except TimeoutError:
            raise TooSlow(
                "The request body arrived too slowly: the service stops reading after "
                f"{self._pace.idle:g} s without data, or at less than "
                f"{self._pace.least / 1000:g} kB a second."
            ) from None
        self._waited += (took := clock() - began)
        size = len(message.get("body", b""))
        self._size += size
        self._idle = 0.0 if size else self._idle + took
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message
