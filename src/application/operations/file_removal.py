"""Delete files of the storage, and keep account of them."""

import logging
from collections.abc import Awaitable, Callable

import msgspec

from application.ports.storage import Storage, StoredFile
from domain.storage.cleanup import Reason
from domain.storage.kinds import StorageKind, kind_of

_log = logging.getLogger("bachata.recovery")


class RemovedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was removed."""

    path: str
    size: int
    """Bytes."""
    kind: StorageKind | None
    """Kind of the file; null outside the folders of all kinds."""
    reason: Reason


class FileRemoval:
    """Deletes files, and counts them; a rehearsal only counts them."""

    def __init__(self, storage: Storage, *, dry_run: bool = False) -> None:
        """Take the port; with ``dry_run`` nothing is deleted."""
        self._storage = storage
        self.dry_run = dry_run
        self.removed: list[RemovedFile] = []

    @property
    def size(self) -> int:
        """Bytes of what was removed."""
        return sum(each.size for each in self.removed)

    async def remove(self, file: StoredFile, reason: Reason = Reason.ORPHANED) -> None:
        """Delete a file; raises `StorageFailed`."""
        await self.remove_by(lambda: self._storage.delete(file.path), file, reason)

    async def remove_by(
        self, delete: Callable[[], Awaitable[object]], file: StoredFile, reason: Reason
    ) -> None:
        """Call ``delete``, which deletes a file and its records, and raise its errors."""
        if not self.dry_run:
            await delete()
            facts = {"path": file.path, "bytes": file.size, "reason": reason}
            _log.info("a file was deleted", extra=facts)
        removed = RemovedFile(
            path=file.path, size=file.size, kind=kind_of(file.path), reason=reason
        )
        self.removed.append(removed)
