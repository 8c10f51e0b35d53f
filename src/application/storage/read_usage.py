"""Read how many bytes are stored, by kind."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from application.ports.cleanups import CleanupTimes
from application.ports.disk import Disk, DiskSpace
from application.ports.storage import Storage, StoredFile
from application.ports.stored_files import StoredFiles
from domain.storage.cleanup import Policy
from domain.storage.kinds import FOLDERS, StorageKind, own_folders
from domain.storage.quota import Quota


class MediaStorage(msgspec.Struct, frozen=True, kw_only=True):
    """The stored files of one kind."""

    kind: StorageKind
    bytes: int
    files: int
    last_cleanup: datetime | None = None
    """Time of the last cleanup in UTC; null if there was none."""
    policy: Policy | None = None
    """Limits of the kind; null for the files of one user."""


class QuotaUsage(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of storage, and what counts towards them."""

    bytes: int
    """Bytes of stored files, and those that are reserved for work that is not finished."""
    reserved_bytes: int
    files: int
    max_bytes: int | None
    """Most bytes; null without a limit."""
    max_files: int | None = None
    """Most files; null without a limit, and for all users together."""


class StorageUsage(msgspec.Struct, frozen=True, kw_only=True):
    """The stored files, and the space for more."""

    kinds: tuple[MediaStorage, ...]
    bytes: int
    """Bytes of all kinds."""
    files: int
    quota: QuotaUsage | None = None
    """Your quota, or for administrators that of all users and the library together."""
    disk: DiskSpace | None = None
    """The disk of the data folder; null for callers who are not administrators."""


async def files_in(storage: Storage, folders: tuple[str, ...]) -> dict[str, StoredFile]:
    """Return the files of some folders by path; raises `StorageFailed`."""
    return {each.path: each for folder in folders async for each in storage.files(folder)}


class ReadStorageUsage:
    """Counts the stored files of each kind."""

    def __init__(
        self,
        storage: Storage,
        times: CleanupTimes,
        disk: Disk,
        policies: Mapping[StorageKind, Policy],
        stored_files: StoredFiles,
        quota: Quota,
    ) -> None:
        """Take the ports, the limits of each kind, and those of callers."""
        self._storage = storage
        self._times = times
        self._disk = disk
        self._policies = policies
        self._stored_files = stored_files
        self._quota = quota

    async def __call__(self, owner: str | None = None) -> StorageUsage:
        """Return the usage of all users, or that of one ``owner``; raises `StorageFailed`.

        An owner has videos, pictures and recordings; the other kinds belong to all together.
        """
        if owner is not None:
            kinds = [await self._counted(*each) for each in own_folders(owner).items()]
            return _sum(tuple(kinds), await self._counts(owner))
        last = await self._times.last()
        counted = [await self._counted(*each) for each in FOLDERS.items()]
        kinds = [
            msgspec.structs.replace(
                each, last_cleanup=last.get(each.kind), policy=self._policies.get(each.kind)
            )
            for each in counted
        ]
        return _sum(tuple(kinds), await self._counts(None), await self._disk.space())

    async def _counts(self, owner: str | None) -> QuotaUsage:
        usage, quota = await self._stored_files.usage(owner), self._quota
        megabytes = quota.total_megabytes if owner is None else quota.megabytes
        return QuotaUsage(
            bytes=usage.size,
            reserved_bytes=usage.reserved,
            files=usage.files,
            max_bytes=megabytes * 1_000_000 or None,
            max_files=(quota.files or None) if owner is not None else None,
        )

    async def _counted(self, kind: StorageKind, folders: tuple[str, ...]) -> MediaStorage:
        files = await files_in(self._storage, folders)
        size = sum(each.size for each in files.values())
        return MediaStorage(kind=kind, bytes=size, files=len(files))


def _sum(
    kinds: tuple[MediaStorage, ...], quota: QuotaUsage, disk: DiskSpace | None = None
) -> StorageUsage:
    return StorageUsage(
        kinds=kinds,
        bytes=sum(each.bytes for each in kinds),
        files=sum(each.files for each in kinds),
        quota=quota,
        disk=disk,
    )
