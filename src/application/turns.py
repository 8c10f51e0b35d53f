"""One at a time by key."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Turns:
    """Lets one caller of a key in at a time; callers of different keys do not wait."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, key: str) -> AsyncGenerator[None]:
        """Wait for one's turn, in the order of asking."""
        lock, callers = self._waiting.get(key, (asyncio.Lock(), 0))
        self._waiting[key] = (lock, callers + 1)
        try:
            async with lock:
                yield
        finally:
            lock, callers = self._waiting.pop(key)
            if callers > 1:
                self._waiting[key] = (lock, callers - 1)
