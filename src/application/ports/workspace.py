"""Port for temporary work folders."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol
from uuid import UUID

import msgspec


class DiskSpace(msgspec.Struct, frozen=True, kw_only=True):
    """The space of a disk in bytes."""

    size: int
    free: int
    """Free for this service; the system may keep some more for itself."""


class Workspace(Protocol):
    """Provides folders that exist only during the work on a task."""

    def take(self, task_id: UUID) -> AbstractAsyncContextManager[Path]:
        """Open a new empty folder for a task; it is deleted with its content on exit.

        Raises `StorageFailed`.
        """
        ...

    async def remove_leftovers(self) -> tuple[UUID, ...]:
        """Delete the folders of dead processes, and return the tasks they were working on."""
        ...

    async def free(self) -> int:
        """Return the free bytes of the work disk; raises `StorageFailed`."""
        ...

    async def disk(self) -> DiskSpace:
        """Return the size and the free bytes of the work disk; raises `StorageFailed`."""
        ...

    async def ready(self) -> str:
        """Return the place of the work folders; raises if it is unavailable."""
        ...
