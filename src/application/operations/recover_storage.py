"""Delete orphaned files, and mark items whose file is missing."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from application.library.clip_failures import MISSING
from application.media.item_attempts import ItemAttempts
from application.operations.file_removal import FileRemoval
from application.operations.recovery_report import Owner, Recovery, Unfound, log_recovery
from application.ports.blueprints import BlueprintArchive
from application.ports.library_files import LibraryFiles
from application.ports.moves import MoveFilter, MoveRepository
from application.ports.pagination import read_all
from application.ports.songs import SongFilter, SongRepository
from application.ports.storage import Storage, StoredFile
from application.ports.tasks import TaskRepository
from domain.library.moves import Move
from domain.library.songs import Song
from domain.rendering.assembly import FINAL, Assembly, State
from domain.shared import paths
from domain.shared.errors import MediaNotFound, StorageFailed, TaskNotFound
from domain.storage.cleanup import FRESH, Reason
from domain.storage.kinds import StorageKind

FEW: Final = 20
"""Maximum orphaned library files that are deleted even if they outnumber the others."""
_PAGE: Final = 500


class RecoverStorage:
    """Deletes files without an owner after an hour, and marks owners without a file.

    Orphaned files are those of songs and moves that were removed or never entered, films of failed
    or cancelled tasks, and cached files that no cache knows. Files with names that this service
    does not create stay. Several processes may run it at once, even during uploads: the database
    first records that a file has no owner, and refuses later entries for it; then the file is
    deleted.
    """

    def __init__(
        self,
        songs: SongRepository,
        moves: MoveRepository,
        library_files: LibraryFiles,
        tasks: TaskRepository,
        blueprints: BlueprintArchive,
        storage: Storage,
        *,
        cache_limit: int = 0,
    ) -> None:
        """Take the ports, and ``cache_limit``: the maximum bytes of cached files in the storage.

        With 0 the cache does not use the storage, so files of an earlier version are deleted.
        """
        self._cache_limit = cache_limit
        self._songs = songs
        self._moves = moves
        self._library_files = library_files
        self._tasks = tasks
        self._blueprints = blueprints
        self._storage = storage

    async def __call__(self, *, force: bool = False) -> Recovery:
        """Delete and mark, and return the result.

        With ``force`` library files that nobody owns go though they are most of all. One that
        fails keeps no other from being removed or marked. Raises `NotReady` and `StorageFailed`
        where the database or the storage is away.
        """
        removal = FileRemoval(self._storage)
        attempts = ItemAttempts("recovering", self.check)
        lying = await self._lying("clips", "songs")
        items = await self._items()
        held_back = await self._remove_library_files(lying, items, removal, attempts, force=force)
        await self._evict_made(removal, attempts)
        films = await self._lying("output")
        completed = [task async for task in self._completed()]
        await self._remove_films(films, completed, removal, attempts)
        marks = await self._marked(items, completed, {*lying, *films}, attempts)
        recovery = msgspec.structs.replace(
            marks, removed=tuple(removal.removed), size=removal.size, held_back=held_back
        )
        log_recovery(recovery)
        return recovery

    async def remove(
        self, kinds: Collection[StorageKind], removal: FileRemoval, attempts: ItemAttempts
    ) -> tuple[str, ...]:
        """Delete orphans of the kinds VIDEOS and STOCK, and the excess of CACHE; mark nothing.

        Return the paths of those that are held back. Raises as a recovery does.
        """
        held_back: tuple[str, ...] = ()
        if StorageKind.STOCK in kinds:
            lying = await self._lying("clips", "songs")
            items = await self._items()
            held_back = await self._remove_library_files(lying, items, removal, attempts)
        if StorageKind.CACHE in kinds:
            await self._evict_made(removal, attempts)
        if StorageKind.VIDEOS in kinds:
            films = await self._lying("output")
            completed = [task async for task in self._completed()]
            await self._remove_films(films, completed, removal, attempts)
        return held_back

    async def mark(self, *, dry_run: bool = False) -> Recovery:
        """Mark items without a file, unmark items whose file is back, and delete nothing.

        With ``dry_run`` return them only.
        """
        lying = await self._lying("clips", "songs", "output")
        completed = [task async for task in self._completed()]
        attempts = ItemAttempts("marking", self.check)
        items = await self._items()
        return await self._marked(items, completed, {*lying}, attempts, dry_run=dry_run)

    async def check(self, error: Exception) -> None:
        """Raise `StorageFailed` where the storage is away, after one item has failed."""
        if isinstance(error, StorageFailed):
            await self._storage.ready()

    async def _remove_library_files(
        self,
        lying: Mapping[str, StoredFile],
        items: Iterable[Song | Move],
        removal: FileRemoval,
        attempts: ItemAttempts,
        *,
        force: bool = False,
    ) -> tuple[str, ...]:
        """Delete the files of removed items, and those without an owner; return those kept."""
        known = {each.path for each in await self._library_files.removed()}
        for path in sorted(known):
            file = lying.get(path) or _of_unknown_size(path)
            await attempts(path, self._remove_known(file, removal))
        owned = {*map(_path_of, items)}
        unowned = [each for path, each in lying.items() if path not in known | owned]
        orphans = [each for each in unowned if _is_old(each) and paths.contents_of(each.path)]
        if not force and len(orphans) > max(FEW, len(owned)):
            return tuple(sorted(each.path for each in orphans))
        for each in orphans:
            await attempts(each.path, self._remove_lost(each, removal))
        return ()

    async def _remove_films(
        self,
        films: Mapping[str, StoredFile],
        completed: Iterable[Assembly],
        removal: FileRemoval,
        attempts: ItemAttempts,
    ) -> None:
        film_paths = {task.output_path for task in completed}
        for each in films.values():
            if each.path not in film_paths and _is_old(each):
                await attempts(each.path, self._remove_film(each, removal))

    async def _remove_known(self, file: StoredFile, removal: FileRemoval) -> None:
        """Remove the file of an item that was removed."""
        await removal.remove(file)
        if not removal.dry_run:
            await self._library_files.forget(file.path)

    async def _remove_lost(self, file: StoredFile, removal: FileRemoval) -> None:
        """Remove a file that nobody owns, unless it has an owner by now."""
        if removal.dry_run or await self._library_files.give_up(file.path):
            await removal.remove(file)

    async def _lying(self, *folders: str) -> dict[str, StoredFile]:
        return {each.path: each for folder in folders async for each in self._storage.files(folder)}

    async def _items(self) -> list[Song | Move]:
        songs = await read_all(lambda after, most: self._songs.page(SongFilter(), after, most))
        moves = await read_all(lambda after, most: self._moves.page(MoveFilter(), after, most))
        return [*songs, *moves]

    async def _completed(self) -> AsyncIterator[Assembly]:
        after: UUID | None = None
        while page := await self._tasks.of_state(State.COMPLETED, after, _PAGE):
            for task in page:
                if task.output_path is not None:
                    yield task
            after = page[-1].task_id

    async def _evict_made(self, removal: FileRemoval, attempts: ItemAttempts) -> None:
        """Remove the oldest made files until the others take no more than is allowed.

        A missing cached file is made again on demand. Files in use are usually young.
        """
        files = (await self._lying("cache")).values()
        total = sum(each.size for each in files)
        for each in sorted(files, key=lambda each: each.age, reverse=True):
            if total <= self._cache_limit or not _is_old(each):
                return
            if await attempts(each.path, removal.remove(each, Reason.TOO_LARGE)):
                total -= each.size

    async def _remove_film(self, film: StoredFile, removal: FileRemoval) -> None:
        """Delete a film if all its tasks ended without it; a film without tasks stays.

        Of a completed task, the films of its other attempts go, too.
        """
        in_vain: list[bool] = []
        names = {film.path, paths.without_attempt(film.path)}
        for task_id in [each for path in names for each in await self._blueprints.tasks_of(path)]:
            try:
                task = await self._tasks.get(task_id)
            except TaskNotFound:
                return
            in_vain.append(task.state in FINAL and task.output_path != film.path)
        if in_vain and all(in_vain):
            await removal.remove(film)

    async def _marked(
        self,
        items: Iterable[Song | Move],
        completed: Iterable[Assembly],
        lying: set[str],
        attempts: ItemAttempts,
        *,
        dry_run: bool = False,
    ) -> Recovery:
        """Mark all that has no file, and unmark what has it back; report every failure so far."""
        unfound: list[Unfound] = []
        found_again = 0

        async def mark_item(item: Song | Move) -> None:
            nonlocal found_again
            if not await self._is_there(_path_of(item), lying):
                owner = Owner.SONG if isinstance(item, Song) else Owner.MOVE
                if dry_run or item.unusable is not None or await self._mark(item, MISSING):
                    unfound.append(Unfound(owner=owner, id=item.id, path=_path_of(item)))
            elif item.unusable == MISSING and not dry_run:
                found_again += await self._mark(item, None)

        async def mark_film(task: Assembly, path: str) -> None:
            nonlocal found_again
            there = await self._is_there(path, lying)
            if not there:
                unfound.append(Unfound(owner=Owner.FILM, id=str(task.task_id), path=path))
            if there != (task.unusable is None) and not dry_run:
                await self._mark_film(task, None if there else MISSING)
                found_again += there

        for item in items:
            await attempts(item.id, mark_item(item))
        for task in completed:
            await attempts(str(task.task_id), mark_film(task, task.output_path or ""))
        return Recovery(unfound=tuple(unfound), found_again=found_again, failed=attempts.failures)

    async def _mark(self, item: Song | Move, reason: str | None) -> bool:
        if isinstance(item, Song):
            return await self._songs.mark_unusable(item, reason)
        return await self._moves.mark_unusable(item, reason)

    async def _mark_film(self, task: Assembly, reason: str | None) -> None:
        def marked(assembly: Assembly) -> Assembly:
            if assembly.output_path != task.output_path:
                return assembly
            return msgspec.structs.replace(assembly, unusable=reason)

        await self._tasks.update(task.task_id, marked)

    async def _is_there(self, path: str, lying: set[str]) -> bool:
        """Return True if a file exists; a file missing in the listing may be new."""
        if path in lying:
            return True
        try:
            await self._storage.describe(path)
        except MediaNotFound:
            return False
        return True


def _is_old(file: StoredFile) -> bool:
    return file.age >= FRESH


def _path_of(item: Song | Move) -> str:
    return item.audio_path if isinstance(item, Song) else item.video_path


def _of_unknown_size(path: str) -> StoredFile:
    """Return an entry for a file that is gone, or that the listing does not contain."""
    return StoredFile(path=path, size=0, age=timedelta())
