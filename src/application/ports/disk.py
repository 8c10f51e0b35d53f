"""Port for the disk of the data folder."""

from typing import Protocol

import msgspec


class DiskSpace(msgspec.Struct, frozen=True, kw_only=True):
    """The space of a disk."""

    total_bytes: int
    free_bytes: int
    """Bytes that the service can still write."""


class Disk(Protocol):
    """Knows the disk of the data folder on this machine."""

    async def space(self) -> DiskSpace:
        """Return the space of the disk; raises `StorageFailed` if the disk does not tell it."""
        ...
