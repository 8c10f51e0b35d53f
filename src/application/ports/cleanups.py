"""Port for the times of cleanups."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from domain.storage.kinds import StorageKind


class CleanupTimes(Protocol):
    """Stores when each kind of files was last cleaned, by the clock of the store."""

    async def record(self, kinds: Collection[StorageKind]) -> None:
        """Store that these kinds have been cleaned now; any number of processes may do so."""
        ...

    async def last(self) -> Mapping[StorageKind, datetime]:
        """Return the latest times in UTC; a kind that was never cleaned is left out."""
        ...
