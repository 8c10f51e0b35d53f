"""Count every file that is stored or deleted."""

import logging
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.threads import FILES
from application.ports.storage import Storage, Stored, StoredFile
from application.ports.stored_files import StoredFiles
from domain.shared import paths
from domain.shared.errors import BachataError
from domain.storage.quota import Quota, is_counted, owner_of

_log = logging.getLogger("bachata.storage")


class CountedStorage:
    """A storage that refuses files for which the quotas have no room.

    Everything that is stored passes through here, so no way to store a file can be forgotten. The
    counts follow the files: if the process dies in between, or the database fails, the files are
    counted again by `application.quotas.recount_files`.
    """

    def __init__(self, storage: Storage, stored_files: StoredFiles, quota: Quota) -> None:
        """Take the storage, the counts, and the limits."""
        self._storage = storage
        self._stored_files = stored_files
        self._quota = quota

    async def put(self, source: Path, path: str, *, may_take_ownership: bool = False) -> None:
        """See `application.ports.storage.Storage`; raises `QuotaExceeded` besides.

        A file for which a place was reserved is stored even if it is larger.
        """
        paths.checked(path)
        if not is_counted(path):
            await self._storage.put(source, path, may_take_ownership=may_take_ownership)
            return
        try:
            owner, size = owner_of(path), await FILES.run(lambda: source.stat().st_size)
        except OSError:
            # The storage says what is wrong with the source.
            await self._storage.put(source, path, may_take_ownership=may_take_ownership)
            return
        await self._stored_files.reserve(path, owner, size, self._quota, grow=False)
        await self._storage.put(source, path, may_take_ownership=may_take_ownership)
        await self._noted(self._stored_files.settle(path, owner, size), path)

    async def delete(self, path: str) -> None:
        """See `application.ports.storage.Storage`."""
        await self._storage.delete(path)
        if is_counted(path):
            await self._noted(self._stored_files.release(path), path)

    async def fetch(self, path: str, into: Path) -> None:
        """See `application.ports.storage.Storage`."""
        await self._storage.fetch(path, into)

    async def describe(self, path: str) -> Stored:
        """See `application.ports.storage.Storage`."""
        return await self._storage.describe(path)

    def read(self, path: str, first: int, length: int) -> AsyncIterator[bytes]:
        """See `application.ports.storage.Storage`."""
        return self._storage.read(path, first, length)

    async def open(self, path: str) -> int | None:
        """See `application.ports.storage.Storage`."""
        return await self._storage.open(path)

    def files(self, folder: str) -> AsyncIterator[StoredFile]:
        """See `application.ports.storage.Storage`."""
        return self._storage.files(folder)

    async def link(self, path: str, name: str, seconds: int) -> str | None:
        """See `application.ports.storage.Storage`."""
        return await self._storage.link(path, name, seconds)

    async def ready(self) -> str:
        """See `application.ports.storage.Storage`."""
        return await self._storage.ready()

    async def _noted(self, work: Coroutine[Any, Any, None], path: str) -> None:
        """Change the counts after the files, also if the caller is cancelled."""
        try:
            await finish_even_if_cancelled(work)
        except BachataError as error:
            # The file is as it should be; the next count finds it.
            _log.warning("a file is counted later: %s", error, extra={"path": path})
