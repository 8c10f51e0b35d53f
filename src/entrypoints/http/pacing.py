"""Bodies of requests that do not come in time are given up."""

import asyncio
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

from domain.library.limits import Pace
from domain.shared.errors import TooSlow


def paced(app: ASGIApp, pace: Pace) -> ASGIApp:
    """The same application; whoever waits for a body that stalls is raised `TooSlow`.

    Only the waiting counts: while a piece is written to the disk the client is not slow.
    """

    async def timed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        await app(scope, _Body(receive, pace).receive, send)

    return timed


class _Body:
    """A body on its way."""

    def __init__(self, receive: Receive, pace: Pace) -> None:
        self._receive = receive
        self._pace = pace
        self._waited = 0.0
        self._idle = 0.0
        self._size = 0
        self._whole = False

    async def receive(self) -> Any:  # noqa: ANN401 - any message of the server
        """The next message; raises `TooSlow`."""
        if self._whole:
            # All has come; what is waited for now is that the client leaves.
            return await self._receive()
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(self._pace.left(self._waited, self._idle, self._size)):
                message: Any = await self._receive()
        except TimeoutError:
            raise TooSlow(
                "The body of the request did not come in time: it is given up after "
                f"{self._pace.idle:g} s without a piece, or at less than "
                f"{self._pace.least / 1000:g} kB a second."
            ) from None
        self._waited += (took := clock() - began)
        size = len(message.get("body", b""))
        self._size += size
        self._idle = 0.0 if size else self._idle + took
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message
