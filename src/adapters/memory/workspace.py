"""Temporary folders on disk, created and deleted immediately."""

import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from anyio.lowlevel import checkpoint

from application.media.disk_errors import translated
from application.ports.workspace import DiskSpace
from domain.shared.errors import StorageFailed


class MemoryWorkspace:
    """Gives out folders below ``root`` (the system's temporary folder if None).

    Only this object knows them: no other process finds them again.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root
        self.room = 10**12
        """Reported free bytes."""
        self.open: set[Path] = set()
        """Folders in use."""
        self.abandoned: list[UUID] = []
        """Tasks that the next `remove_leftovers` returns, as if their process had died."""

    @asynccontextmanager
    async def take(self, task_id: UUID) -> AsyncGenerator[Path]:
        """See `application.ports.workspace.Workspace`."""
        await checkpoint()
        folder = self._make(task_id)
        self.open.add(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            self.open.discard(folder)

    async def remove_leftovers(self) -> tuple[UUID, ...]:
        """See `application.ports.workspace.Workspace`."""
        await checkpoint()
        task_ids = tuple(sorted(set(self.abandoned)))
        self.abandoned.clear()
        return task_ids

    async def free(self) -> int:
        """See `application.ports.workspace.Workspace`."""
        await checkpoint()
        return self.room

    async def disk(self) -> DiskSpace:
        """See `application.ports.workspace.Workspace`."""
        await checkpoint()
        return DiskSpace(size=2 * self.room, free=self.room)

    async def ready(self) -> str:
        """See `application.ports.workspace.Workspace`."""
        await checkpoint()
        return "memory"

    def _make(self, task_id: UUID) -> Path:
        try:
            if self._root is not None:
                self._root.mkdir(parents=True, exist_ok=True)
            return Path(tempfile.mkdtemp(prefix=f"{task_id}.", dir=self._root))
        except OSError as error:
            failure = StorageFailed(f"A work folder cannot be created: {error.strerror}.")
            raise translated(error, failure) from error
