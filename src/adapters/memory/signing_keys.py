"""Signing keys in memory."""

from datetime import datetime, timedelta

from anyio.lowlevel import checkpoint

from adapters.memory.clock import MemoryClock
from application.ports.clock import Clock
from application.ports.signing_keys import SigningKey


class MemorySigningKeys:
    """Stores signing keys as long as the process runs."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Take the store's own clock."""
        self._clock = clock or MemoryClock()
        self._keys: list[tuple[SigningKey, datetime | None]] = []

    async def valid(self) -> tuple[SigningKey, ...]:
        """See `application.ports.signing_keys.SigningKeys`."""
        await checkpoint()
        now = self._clock.now()
        return tuple(key for key, retires in self._keys if retires is None or retires > now)

    async def add(self, key: SigningKey, overlap: timedelta) -> None:
        """See `application.ports.signing_keys.SigningKeys`."""
        await checkpoint()
        until = self._clock.now() + overlap
        retiring = [(each, retires or until) for each, retires in self._keys]
        self._keys = [(key, None), *retiring]
