"""A lock for each key."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from application.concurrency.timeouts import place_in

LIMIT: Final = 900.0
"""Maximum seconds that a caller waits for earlier ones; normalising a long clip takes minutes."""


class KeyedLock:
    """Admits one caller of a key at a time; callers of different keys do not
    wait for each other.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        """Take the maximum waiting time in seconds."""
        self._limit = limit
        self._waiting: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, key: str) -> AsyncGenerator[None]:
        """Hold the lock of a key, in the order of requests; raises `WaitedTooLong`."""
        lock, callers = self._waiting.get(key, (asyncio.Lock(), 0))
        self._waiting[key] = (lock, callers + 1)
        try:
            async with place_in(lock, f"other work on {key!r}", self._limit):
                yield
        finally:
            lock, callers = self._waiting.pop(key)
            if callers > 1:
                self._waiting[key] = (lock, callers - 1)
