"""Counts of attempts in memory."""

from datetime import datetime, timedelta

from anyio.lowlevel import checkpoint

from adapters.memory.clock import MemoryClock
from application.ports.attempts import Attempts
from application.ports.clock import Clock


class MemoryAttemptCounter:
    """Counts attempts as long as the process runs."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Take the store's own clock."""
        self._clock = clock or MemoryClock()
        self._counts: dict[str, tuple[datetime, int]] = {}

    async def count(self, key: str, window: timedelta) -> Attempts:
        """See `application.ports.attempts.AttemptCounter`."""
        await checkpoint()
        now = self._clock.now()
        began, number = self._counts.get(key, (now, 0))
        if began + window <= now:
            began, number = now, 0
        self._counts[key] = (began, number + 1)
        return Attempts(number + 1, began + window - now)

    async def take_back(self, key: str) -> None:
        """See `application.ports.attempts.AttemptCounter`."""
        await checkpoint()
        if key in self._counts:
            began, number = self._counts[key]
            self._counts[key] = (began, max(0, number - 1))

    async def prune(self, window: timedelta) -> None:
        """See `application.ports.attempts.AttemptCounter`."""
        await checkpoint()
        now = self._clock.now()
        self._counts = {key: c for key, c in self._counts.items() if c[0] + window > now}
