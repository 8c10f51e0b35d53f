"""The times of cleanups in memory."""

from collections.abc import Collection, Mapping
from datetime import datetime

from anyio.lowlevel import checkpoint

from adapters.memory.clock import MemoryClock
from application.ports.clock import Clock
from domain.storage.kinds import StorageKind


class MemoryCleanupTimes:
    """Stores the times as long as the process runs."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Take the store's own clock."""
        self._clock = clock or MemoryClock()
        self._times: dict[StorageKind, datetime] = {}

    async def record(self, kinds: Collection[StorageKind]) -> None:
        """See `application.ports.cleanups.CleanupTimes`."""
        await checkpoint()
        self._times.update(dict.fromkeys(kinds, self._clock.now()))

    async def last(self) -> Mapping[StorageKind, datetime]:
        """See `application.ports.cleanups.CleanupTimes`."""
        await checkpoint()
        return dict(self._times)
