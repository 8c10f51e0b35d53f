"""One at a time by key."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from application.concurrency.timeouts import place_in

LIMIT: Final = 900.0
"""Seconds that a caller waits for those before it: normalising a long clip takes minutes."""


class KeyedLock:
    """Lets one caller of a key in at a time; callers of different keys do not wait."""

    def __init__(self, limit: float = LIMIT) -> None:
        """Take the seconds after which a caller that waits is refused."""
        self._limit = limit
        self._waiting: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, key: str) -> AsyncGenerator[None]:
        """Wait for one's turn, in the order of asking; raises `WaitedTooLong`."""
        lock, callers = self._waiting.get(key, (asyncio.Lock(), 0))
        self._waiting[key] = (lock, callers + 1)
        try:
            async with place_in(lock, f"whoever works on {key!r}", self._limit):
                yield
        finally:
            lock, callers = self._waiting.pop(key)
            if callers > 1:
                self._waiting[key] = (lock, callers - 1)
