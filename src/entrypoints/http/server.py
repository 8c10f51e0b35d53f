"""The server, which tells the application at once that it is being stopped."""

import asyncio
import socket
from collections.abc import Callable

import uvicorn


class Server(uvicorn.Server):
    """Sets an event before it waits for the requests that are being answered."""

    def __init__(
        self,
        config: uvicorn.Config,
        stopping: asyncio.Event,
        on_started: Callable[[], None] | None = None,
    ) -> None:
        """Take the configuration, the event, and a function that is called once it listens."""
        super().__init__(config)
        self._stopping = stopping
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server`."""
        await super().startup(sockets)
        if self.started and self._on_started is not None:
            self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server`."""
        self._stopping.set()
        await super().shutdown(sockets)
