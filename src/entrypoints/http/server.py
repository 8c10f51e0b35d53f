"""The server, which tells the application at once that it is being stopped."""

import asyncio
import socket

import uvicorn


class Server(uvicorn.Server):
    """Sets an event before it waits for the requests that are being answered."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        """Take the configuration, and the event."""
        super().__init__(config)
        self._stopping = stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server`."""
        self._stopping.set()
        await super().shutdown(sockets)
