"""Delete stored files that nothing needs, by the limits of their kinds."""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from typing import Final
from uuid import UUID

import msgspec

from application.media.item_attempts import ItemAttempts, ItemFailure
from application.operations.file_removal import FileRemoval, RemovedFile
from application.operations.recover_storage import FEW, RecoverStorage
from application.operations.recovery_report import log_held_back
from application.ports.cleanups import CleanupTimes
from application.ports.media_assets import MediaAssets
from application.ports.storage import Storage, StoredFile
from application.ports.tasks import TaskRepository
from application.storage.file_references import FileReferences
from application.storage.read_usage import files_in
from domain.rendering.assembly import Assembly, State
from domain.shared.errors import VideoNotFound
from domain.storage.cleanup import FRESH, HeldFile, Policy, Reason, excess
from domain.storage.kinds import FOLDERS, StorageKind, is_made, is_uploaded

_log = logging.getLogger("bachata.recovery")

ALL: Final = frozenset(StorageKind)
UPLOADED: Final = (StorageKind.IMAGES, StorageKind.AUDIO)
_MADE: Final = (StorageKind.AUDIO, StorageKind.TEMP)
_PAGE: Final = 500

RemoveVideo = Callable[[UUID, str], Awaitable[None]]
"""Deletes a video of an owner with everything that is known about it."""


class Cleanup(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a cleanup."""

    dry_run: bool
    """True if nothing was deleted: the files would go."""
    files: tuple[RemovedFile, ...] = ()
    """The files that went, or would go."""
    bytes: int = 0
    failed: tuple[ItemFailure, ...] = ()
    """Files that could not be deleted; the next cleanup tries them again."""
    held_back: tuple[str, ...] = ()
    """Paths of files without a record, so many that the database may be the wrong one."""


class CleanUpStorage:
    """Deletes orphans, and what is beyond the limits of its kind, the oldest first.

    A file that a video, a running job, a song, a move or a media asset needs never goes, nor one
    that is younger than an hour; whether it is needed is looked up again just before it goes. Any
    number of cleanups may run at once. Completed videos go only if their policy says so, as if
    their owners had deleted them.
    """

    def __init__(
        self,
        recover_storage: RecoverStorage,
        remove_video: RemoveVideo,
        references: FileReferences,
        tasks: TaskRepository,
        assets: MediaAssets,
        times: CleanupTimes,
        storage: Storage,
        policies: Mapping[StorageKind, Policy],
    ) -> None:
        """Take the use cases that delete films and library files, the ports, and the limits."""
        self._recover_storage = recover_storage
        self._remove_video = remove_video
        self._references = references
        self._tasks = tasks
        self._assets = assets
        self._times = times
        self._storage = storage
        self._policies = policies

    async def __call__(
        self, kinds: Collection[StorageKind] = ALL, *, dry_run: bool = False
    ) -> Cleanup:
        """Delete the orphans and the excess of some kinds, and return what went.

        With ``dry_run`` nothing changes, and the result is what would go. A file that fails keeps
        no other. Raises `NotReady` and `StorageFailed` where the database or the storage is away.
        """
        removal = FileRemoval(self._storage, dry_run=dry_run)
        attempts = ItemAttempts("cleaning up", self._recover_storage.check)
        held_back = await self.remove_orphans(kinds, removal, attempts)
        return await self._by_policies(kinds, removal, attempts, held_back)

    async def by_policies(self) -> Cleanup:
        """Delete what a recovery of the storage leaves; raises as a cleanup does."""
        removal = FileRemoval(self._storage)
        attempts = ItemAttempts("cleaning up", self._recover_storage.check)
        held_back = await self._remove_unowned(UPLOADED, removal, attempts)
        return await self._by_policies(ALL, removal, attempts, held_back)

    async def remove_orphans(
        self, kinds: Collection[StorageKind], removal: FileRemoval, attempts: ItemAttempts
    ) -> tuple[str, ...]:
        """Delete the files of some kinds that no record names; return those held back."""
        held_back = await self._recover_storage.remove(kinds, removal, attempts)
        return held_back + await self._remove_unowned(kinds, removal, attempts)

    async def _by_policies(
        self,
        kinds: Collection[StorageKind],
        removal: FileRemoval,
        attempts: ItemAttempts,
        held_back: tuple[str, ...],
    ) -> Cleanup:
        if StorageKind.VIDEOS in kinds:
            await self._remove_videos(removal, attempts)
        for kind in _MADE:
            if kind in kinds:
                await self._remove_made(kind, removal, attempts)
        if not removal.dry_run:
            await self._times.record(kinds)
        log_held_back(held_back)
        return _result(removal, attempts, held_back)

    async def _remove_unowned(
        self, kinds: Collection[StorageKind], removal: FileRemoval, attempts: ItemAttempts
    ) -> tuple[str, ...]:
        """Delete the files of media assets whose rows are gone; return those held back.

        The files are listed before the rows are read: a new asset has its file before its row.
        """
        held_back: list[str] = []
        for kind in UPLOADED:
            if kind not in kinds:
                continue
            files = await files_in(self._storage, FOLDERS[kind])
            uploaded = {path for path in files if is_uploaded(path)}
            used = await self._assets.used(uploaded)
            orphans = sorted(path for path in uploaded - used if files[path].age >= FRESH)
            if len(orphans) > max(FEW, len(used)):
                held_back += orphans
                continue
            for path in orphans:
                await attempts(path, self._remove_upload(files[path], removal))
        return tuple(held_back)

    async def _remove_upload(self, file: StoredFile, removal: FileRemoval) -> None:
        if not await self._assets.used([file.path]):
            await removal.remove(file)

    async def _remove_made(
        self, kind: StorageKind, removal: FileRemoval, attempts: ItemAttempts
    ) -> None:
        """Delete clips of scenes or mixed sound that no video needs, by the policy of the kind."""
        files = await self._remaining(kind, removal)
        made = {path for path in files if is_made(path)}
        needed = await self._references.needed(made) | (files.keys() - made)
        for file, reason in excess(_held(files.values(), needed), self._policies[kind]):
            work = self._remove_unneeded(files[file.path], reason, removal)
            await attempts(file.path, work)

    async def _remove_unneeded(
        self, file: StoredFile, reason: Reason, removal: FileRemoval
    ) -> None:
        if not await self._references.needed([file.path]):
            await removal.remove(file, reason)

    async def _remove_videos(self, removal: FileRemoval, attempts: ItemAttempts) -> None:
        """Delete completed videos beyond their limits, unless they are preserved."""
        policy = self._policies[StorageKind.VIDEOS]
        if policy.preserve_completed_videos:
            return
        films = await self._remaining(StorageKind.VIDEOS, removal)
        completed = await self._completed()
        named = films.keys() & completed.keys()
        needed = await self._references.needed(named) | (films.keys() - named)
        for film, reason in excess(_held(films.values(), needed), policy):
            work = self._remove_completed(completed[film.path], films[film.path], reason, removal)
            await attempts(film.path, work)

    async def _remove_completed(
        self, task: Assembly, film: StoredFile, reason: Reason, removal: FileRemoval
    ) -> None:
        if await self._references.needed([film.path]):
            return
        # Its owner or another cleanup may have deleted it.
        with suppress(VideoNotFound):
            await removal.remove_by(
                lambda: self._remove_video(task.task_id, task.owner), film, reason
            )

    async def _remaining(self, kind: StorageKind, removal: FileRemoval) -> dict[str, StoredFile]:
        """Return the files of a kind, without those that a rehearsal has removed."""
        gone = {each.path for each in removal.removed}
        files = await files_in(self._storage, FOLDERS[kind])
        return {path: file for path, file in files.items() if path not in gone}

    async def _completed(self) -> dict[str, Assembly]:
        """Return the tasks of completed videos by the paths of their films."""
        completed: dict[str, Assembly] = {}
        after: UUID | None = None
        while page := await self._tasks.of_state(State.COMPLETED, after, _PAGE):
            for task in page:
                if task.output_path is not None and not task.removed:
                    completed[task.output_path] = task
            after = page[-1].task_id
        return completed


def _held(files: Collection[StoredFile], needed: Collection[str]) -> tuple[HeldFile, ...]:
    return tuple(
        HeldFile(path=each.path, size=each.size, age=each.age, needed=each.path in needed)
        for each in files
    )


def _result(removal: FileRemoval, attempts: ItemAttempts, held_back: tuple[str, ...]) -> Cleanup:
    cleanup = Cleanup(
        dry_run=removal.dry_run,
        files=tuple(removal.removed),
        bytes=removal.size,
        failed=attempts.failures,
        held_back=held_back,
    )
    if cleanup.files and not cleanup.dry_run:
        facts = {"files": len(cleanup.files), "bytes": cleanup.bytes}
        _log.info("the storage was cleaned up", extra=facts)
    return cleanup
