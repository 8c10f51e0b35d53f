"""Take a song or a move out of the library."""

from collections.abc import Awaitable, Callable

from application.concurrency.keyed_lock import KeyedLock
from application.concurrency.shielding import finish_even_if_cancelled
from application.ports.library_files import Kind, LibraryFiles
from application.ports.moves import MoveRepository
from application.ports.songs import SongRepository
from application.ports.storage import Storage
from domain.shared.errors import NotFound


class _Removal:
    """Forgets items of one kind, then deletes their files.

    A file that was not deleted, because the storage or the process failed in between, is still
    known by the id of its item: to remove that once more deletes it.
    """

    def __init__(self, library_files: LibraryFiles, storage: Storage, kind: Kind) -> None:
        self._library_files = library_files
        self._storage = storage
        self._kind = kind
        self._turns = KeyedLock()

    async def _remove(self, item_id: str, forget: Callable[[str], Awaitable[object]]) -> None:
        # Of several at once the others find nothing once the first is done.
        async with self._turns.of(item_id):
            missing: NotFound | None = None
            try:
                await forget(item_id)
            except NotFound as error:
                missing = error
            left = await self._library_files.removed(self._kind, item_id)
            if missing is not None and not left:
                raise missing
            for each in left:
                await self._storage.delete(each.path)
                await self._library_files.forget(each.path)


class RemoveSong(_Removal):
    """Forget a song and its file; films that were made of it stay."""

    def __init__(self, songs: SongRepository, files: LibraryFiles, storage: Storage) -> None:
        """Take the ports."""
        super().__init__(files, storage, Kind.SONG)
        self._songs = songs

    async def __call__(self, song_id: str) -> None:
        """Return once it is gone; raises `SongNotFound`, and `StorageFailed` if its file stays.

        Where its file stayed it may be removed once more.
        """
        await finish_even_if_cancelled(self._remove(song_id, self._songs.remove))


class RemoveMove(_Removal):
    """Forget a move, what finds it, and its clip; films that were made of it stay."""

    def __init__(self, moves: MoveRepository, files: LibraryFiles, storage: Storage) -> None:
        """Take the ports."""
        super().__init__(files, storage, Kind.MOVE)
        self._moves = moves

    async def __call__(self, move_id: str) -> None:
        """Return once it is gone; raises `MoveNotFound`, and `StorageFailed` if its file stays.

        Where its file stayed it may be removed once more.
        """
        await finish_even_if_cancelled(self._remove(move_id, self._moves.remove))
