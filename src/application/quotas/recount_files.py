"""Count again what the storage has."""

from datetime import timedelta
from typing import Final

import msgspec

from application.media.item_attempts import ItemAttempts
from application.ports.storage import Storage
from application.ports.stored_files import CountedFile, StoredFiles
from domain.shared.errors import MediaNotFound
from domain.storage import kinds
from domain.storage.quota import owner_of

FOLDERS: Final = tuple(
    folder
    for kind, own in kinds.FOLDERS.items()
    if kind is not kinds.StorageKind.CACHE
    for folder in own
)
"""Folders whose files are counted."""
OLD: Final = timedelta(hours=1)
"""Age from which an entry is compared with the storage; no work takes that long."""
_PAGE: Final = 1_000


class Recount(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a count."""

    added: int = 0
    """Files that were not counted, or with another size."""
    removed: int = 0
    """Entries whose files are gone, and places of work that ended without a file."""


class RecountFiles:
    """Corrects the counts after a crash, and after changes behind the service's back.

    Several processes may count at once, and during other work.
    """

    def __init__(self, storage: Storage, stored_files: StoredFiles) -> None:
        """Take the storage, and the counts."""
        self._storage = storage
        self._stored_files = stored_files

    async def __call__(self) -> Recount:
        """Return how many entries were corrected; one that fails keeps no other."""
        attempts = ItemAttempts("counting a file")
        entries = await self._entries()
        added = removed = 0
        present: set[str] = set()
        for folder in FOLDERS:
            async for file in self._storage.files(folder):
                present.add(file.path)
                entry = entries.get(file.path)
                if entry is not None and entry.settled and entry.size == file.size:
                    continue
                # A file cannot be deleted in between and stay counted: the next count removes it.
                work = self._stored_files.settle(file.path, owner_of(file.path), file.size)
                added += await attempts(file.path, work)
        for entry in entries.values():
            if entry.path not in present and entry.age >= OLD:
                removed += await attempts(entry.path, self._compare(entry))
        return Recount(added=added, removed=removed)

    async def _compare(self, entry: CountedFile) -> None:
        """Settle or release an entry that the listing does not confirm."""
        try:
            stored = await self._storage.describe(entry.path)
        except MediaNotFound:
            await self._stored_files.release(entry.path, reserved=not entry.settled)
        else:
            await self._stored_files.settle(entry.path, entry.owner, stored.size)

    async def _entries(self) -> dict[str, CountedFile]:
        entries: dict[str, CountedFile] = {}
        after: str | None = None
        while page := await self._stored_files.page(after, _PAGE):
            entries.update((each.path, each) for each in page)
            after = page[-1].path
        return entries
