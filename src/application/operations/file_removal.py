"""Delete files of the storage, and keep account of them."""

import logging

import msgspec

from application.ports.storage import Storage, StoredFile

_log = logging.getLogger("bachata.recovery")


class RemovedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was removed."""

    path: str
    size: int
    """Bytes."""


class FileRemoval:
    """Deletes files, and counts them."""

    def __init__(self, storage: Storage) -> None:
        """Take the port."""
        self._storage = storage
        self.removed: list[RemovedFile] = []

    async def remove(self, file: StoredFile) -> None:
        """Delete a file; raises `StorageFailed`."""
        await self._storage.delete(file.path)
        self.removed.append(RemovedFile(path=file.path, size=file.size))
        facts = {"path": file.path, "bytes": file.size}
        _log.info("a file without an owner was deleted", extra=facts)
