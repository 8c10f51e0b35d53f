"""The bytes of one stored file."""

from collections.abc import AsyncIterator

from application.ports.storage import Storage


class StoredContent:
    """Reads a file of the storage, all or a part."""

    def __init__(self, storage: Storage, path: str) -> None:
        """Take the storage, and the path of the file."""
        self._storage = storage
        self._path = path

    def read(self, first: int, length: int) -> AsyncIterator[bytes]:
        """Yield ``length`` bytes from byte ``first`` on."""
        return self._storage.read(self._path, first, length)

    async def open(self) -> int | None:
        """Return a descriptor, which the caller closes; None unless it lies on the local disk."""
        return await self._storage.open(self._path)
