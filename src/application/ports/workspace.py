"""Where work in progress lies."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol
from uuid import UUID


class Workspace(Protocol):
    """Folders that are there only while a task is being worked on."""

    def take(self, task_id: UUID) -> AbstractAsyncContextManager[Path]:
        """Open a new empty folder for a task; at the end it is gone with all in it.

        Raises `StorageFailed`.
        """
        ...

    async def sweep(self) -> tuple[UUID, ...]:
        """Remove what a process that died left behind, and name the tasks it was working on."""
        ...

    async def free(self) -> int:
        """Bytes that work may still take on the disk; raises `StorageFailed`."""
        ...

    async def ready(self) -> str:
        """Say where work is done, or raise."""
        ...
