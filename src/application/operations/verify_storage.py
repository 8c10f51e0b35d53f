"""Compare the stored files with the records, and repair what can be repaired."""

import logging
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from application.media.item_attempts import ItemAttempts, ItemFailure
from application.operations.clean_up_storage import CleanUpStorage
from application.operations.file_removal import FileRemoval
from application.operations.recover_storage import FEW, RecoverStorage
from application.ports.media_assets import MediaAssets
from application.ports.storage import Storage
from application.storage.read_usage import files_in
from domain.shared.errors import MediaNotFound
from domain.storage.assets import AssetNotFound, MediaAsset
from domain.storage.kinds import FOLDERS, StorageKind

_log = logging.getLogger("bachata.recovery")

_VERIFIED: Final = (
    StorageKind.VIDEOS,
    StorageKind.STOCK,
    StorageKind.IMAGES,
    StorageKind.AUDIO,
)
"""Kinds whose files have records."""
_PAGE: Final = 500


class FaultKind(StrEnum):
    """Kind of a fault of the storage."""

    FILE_WITHOUT_ROW = "file_without_row"
    """No record names the file."""
    ROW_WITHOUT_FILE = "row_without_file"
    """A record names a file that is missing."""
    WRONG_SIZE = "wrong_size"
    """The file has other bytes than its record says, or none."""


class StorageFault(msgspec.Struct, frozen=True, kw_only=True):
    """A stored file and a record that do not belong together."""

    fault: FaultKind
    path: str
    item: str | None = None
    """The record, such as `song luna-de-humo`."""
    size: int | None = None
    """Bytes of the file."""
    expected_size: int | None = None
    """Bytes by the record."""
    repaired: bool = False
    """True if the file or the record was deleted, or the record is marked as unusable."""


class StorageReport(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a comparison."""

    files: int
    """Number of files that were compared."""
    faults: tuple[StorageFault, ...] = ()
    failed: tuple[ItemFailure, ...] = ()
    """Files and records that could not be repaired."""
    held_back: tuple[str, ...] = ()
    """Paths, so many that the database or the storage may be the wrong one; they stay."""

    @property
    def is_right(self) -> bool:
        """True if no fault is left."""
        return all(each.repaired for each in self.faults) and not (self.failed or self.held_back)


class VerifyStorage:
    """Finds files without records, records without files, and files of wrong sizes.

    With ``fix`` it deletes the files without records as a cleanup does, marks songs, moves and
    films without files as a recovery does, and deletes media assets without files. It changes no
    file of a wrong size.
    """

    def __init__(
        self,
        clean_up_storage: CleanUpStorage,
        recover_storage: RecoverStorage,
        assets: MediaAssets,
        storage: Storage,
    ) -> None:
        """Take the use cases that repair, and the ports."""
        self._clean_up_storage = clean_up_storage
        self._recover_storage = recover_storage
        self._assets = assets
        self._storage = storage

    async def __call__(self, *, fix: bool = False) -> StorageReport:
        """Return the faults, repaired with ``fix``; otherwise nothing changes.

        Raises `NotReady` and `StorageFailed` where the database or the storage is away.
        """
        attempts = ItemAttempts("verifying", self._recover_storage.check)
        removal = FileRemoval(self._storage, dry_run=not fix)
        kept = await self._clean_up_storage.remove_orphans(_VERIFIED, removal, attempts)
        orphans = [
            StorageFault(
                fault=FaultKind.FILE_WITHOUT_ROW, path=each.path, size=each.size, repaired=fix
            )
            for each in removal.removed
        ]
        folders = tuple(folder for kind in _VERIFIED for folder in FOLDERS[kind])
        files = await files_in(self._storage, folders)
        sizes = {path: file.size for path, file in files.items()}
        marks = await self._recover_storage.mark(dry_run=not fix)
        missing = [
            StorageFault(
                fault=FaultKind.ROW_WITHOUT_FILE,
                path=each.path,
                item=f"{each.owner} {each.id}",
                repaired=fix,
            )
            for each in marks.unfound
        ]
        lost, damaged = await self._compared(sizes)
        if len(lost) > max(FEW, len(files)):
            kept += tuple(each.path for each in lost)
        else:
            missing += [await self._repaired(each, attempts, fix=fix) for each in lost]
        empty = _empty(sizes, {each.path for each in (*orphans, *damaged)})
        return StorageReport(
            files=len(files),
            faults=(*orphans, *missing, *damaged, *empty),
            failed=(*attempts.failures, *marks.failed),
            held_back=tuple(sorted(kept)),
        )

    async def _compared(self, sizes: dict[str, int]) -> tuple[list[MediaAsset], list[StorageFault]]:
        """Return the media assets without files, and the faults of those of wrong sizes."""
        lost: list[MediaAsset] = []
        damaged: list[StorageFault] = []
        after: UUID | None = None
        while page := await self._assets.after(after, _PAGE):
            for asset in page:
                size = await self._size(asset.path, sizes)
                if size is None:
                    lost.append(asset)
                elif size != asset.size:
                    damaged.append(_damaged(asset, size))
            after = page[-1].asset_id
        return lost, damaged

    async def _size(self, path: str, sizes: dict[str, int]) -> int | None:
        """Return the bytes of a file; one that the listing lacks may be new."""
        if path in sizes:
            return sizes[path]
        try:
            return (await self._storage.describe(path)).size
        except MediaNotFound:
            return None

    async def _repaired(
        self, asset: MediaAsset, attempts: ItemAttempts, *, fix: bool
    ) -> StorageFault:
        """Forget a media asset without a file, and return its fault."""
        done = fix and await attempts(asset.path, self._forget(asset))
        return StorageFault(
            fault=FaultKind.ROW_WITHOUT_FILE,
            path=asset.path,
            item=f"asset {asset.asset_id}",
            expected_size=asset.size,
            repaired=done,
        )

    async def _forget(self, asset: MediaAsset) -> None:
        try:
            await self._assets.remove(asset.asset_id)
        except AssetNotFound:
            # Its owner has removed it meanwhile.
            return
        facts = {"asset": str(asset.asset_id), "path": asset.path}
        _log.info("a media asset without a file was forgotten", extra=facts)


def _damaged(asset: MediaAsset, size: int) -> StorageFault:
    return StorageFault(
        fault=FaultKind.WRONG_SIZE,
        path=asset.path,
        item=f"asset {asset.asset_id}",
        size=size,
        expected_size=asset.size,
    )


def _empty(sizes: dict[str, int], reported: set[str]) -> list[StorageFault]:
    """Return the faults of files without a byte, which nobody can play or show."""
    return [
        StorageFault(fault=FaultKind.WRONG_SIZE, path=path, size=0)
        for path, size in sorted(sizes.items())
        if size == 0 and path not in reported
    ]
