"""Remove a song or a move from the library."""

from collections.abc import Awaitable, Callable

from application.concurrency.keyed_lock import KeyedLock
from application.concurrency.shielding import finish_even_if_cancelled
from application.media.item_attempts import ItemAttempts
from application.ports.library_files import Kind, LibraryFiles
from application.ports.moves import MoveRepository
from application.ports.songs import SongRepository
from application.ports.storage import Storage
from domain.shared.errors import NotFound, StorageFailed


class _Removal:
    """Deletes items of one kind from the database, and then their files.

    If the storage or the process fails in between, the database still knows the file by the id of
    its item, and removing the item again deletes the file. A file that fails keeps no other from
    being deleted; the first failure is raised.
    """

    def __init__(self, library_files: LibraryFiles, storage: Storage, kind: Kind) -> None:
        self._library_files = library_files
        self._storage = storage
        self._kind = kind
        self._locks = KeyedLock()

    async def _remove(self, item_id: str, forget: Callable[[str], Awaitable[object]]) -> None:
        # If several callers remove the same item, only the first finds it.
        async with self._locks.of(item_id):
            missing: NotFound | None = None
            try:
                await forget(item_id)
            except NotFound as error:
                missing = error
            files = await self._library_files.removed(self._kind, item_id)
            if missing is not None and not files:
                raise missing
            failures: list[Exception] = []

            async def keep(error: Exception) -> None:
                failures.append(error)

            attempts = ItemAttempts("deleting the file", keep)
            for each in files:
                await attempts(each.path, self._delete(each.path))
            if failures:
                raise failures[0]
            if attempts.failures:
                raise StorageFailed(attempts.failures[0].message)

    async def _delete(self, path: str) -> None:
        await self._storage.delete(path)
        await self._library_files.forget(path)


class RemoveSong(_Removal):
    """Deletes a song and its file; existing films of it stay."""

    def __init__(self, songs: SongRepository, files: LibraryFiles, storage: Storage) -> None:
        """Take the ports."""
        super().__init__(files, storage, Kind.SONG)
        self._songs = songs

    async def __call__(self, song_id: str) -> None:
        """Delete the song; raises `SongNotFound`, and `StorageFailed` if its file stays.

        If the file stays, the call can be repeated.
        """
        await finish_even_if_cancelled(self._remove(song_id, self._songs.remove))


class RemoveMove(_Removal):
    """Deletes a move, its embedding and its clip; existing films of it stay."""

    def __init__(self, moves: MoveRepository, files: LibraryFiles, storage: Storage) -> None:
        """Take the ports."""
        super().__init__(files, storage, Kind.MOVE)
        self._moves = moves

    async def __call__(self, move_id: str) -> None:
        """Delete the move; raises `MoveNotFound`, and `StorageFailed` if its file stays.

        If the file stays, the call can be repeated.
        """
        await finish_even_if_cancelled(self._remove(move_id, self._moves.remove))
