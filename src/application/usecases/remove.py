"""Take a song or a move out of the library."""

from application.ports.library import Library, MoveFilter, SongFilter
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.storage import Storage
from application.uncancelled import to_the_end
from application.usecases.browse import everything


class RemoveSong:
    """Forget a song and its file; films that were made of it stay."""

    def __init__(self, library: Library, storage: Storage) -> None:
        """Take the ports."""
        self._library = library
        self._storage = storage

    async def __call__(self, song_id: str) -> None:
        """Return once it is gone; raises `SongNotFound`, and `StorageFailed` if its file stays."""
        await to_the_end(self._removed(song_id))

    async def _removed(self, song_id: str) -> None:
        song = await self._library.remove_song(song_id)
        await _forget(self._library, self._storage, song.audio_path)


class RemoveMove:
    """Forget a move, what finds it, and its clip; films that were made of it stay."""

    def __init__(self, library: Library, storage: Storage, embeddings: MoveEmbeddings) -> None:
        """Take the ports."""
        self._library = library
        self._storage = storage
        self._embeddings = embeddings

    async def __call__(self, move_id: str) -> None:
        """Return once it is gone; raises `MoveNotFound`, and `StorageFailed` if its file stays."""
        await to_the_end(self._removed(move_id))

    async def _removed(self, move_id: str) -> None:
        move = await self._library.remove_move(move_id)
        await self._embeddings.remove(move_id)
        await _forget(self._library, self._storage, move.video_path)


async def _forget(library: Library, storage: Storage, path: str) -> None:
    """Delete a file that no other song or move of the library is."""
    songs = await everything(lambda after, most: library.songs(SongFilter(), after, most))
    moves = await everything(lambda after, most: library.moves(MoveFilter(), after, most))
    if path not in {*(song.audio_path for song in songs), *(move.video_path for move in moves)}:
        await storage.delete(path)
