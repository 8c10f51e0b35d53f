"""Stream the clip of a move."""

from collections.abc import Callable

import msgspec

from application.media.library_failures import of_the_library
from application.media.stored_content import StoredContent
from application.ports.moves import MoveRepository
from application.ports.storage import Storage, Stored
from domain.library.media import HEAD, type_of


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """A clip or a song, and its media type."""

    path: str
    stored: Stored
    media_type: str


async def described(storage: Storage, path: str, type_of: Callable[[bytes], str]) -> Clip:
    """Return a file of the library with its media type; raises `LibraryFailed`.

    ``type_of`` returns the media type for the first `HEAD` bytes.
    """
    with of_the_library():
        stored = await storage.describe(path)
        head = storage.read(path, 0, min(HEAD, stored.size))
        start = b"".join([part async for part in head])
    return Clip(path=path, stored=stored, media_type=type_of(start))


class StreamClip:
    """Streams the original bytes of a clip, all or a range."""

    def __init__(self, moves: MoveRepository, storage: Storage) -> None:
        """Take the ports."""
        self._moves = moves
        self._storage = storage

    async def __call__(self, move_id: str) -> Clip:
        """Return the clip of a move; raises `MoveNotFound` and `LibraryFailed`."""
        path = (await self._moves.get(move_id)).video_path
        return await described(self._storage, path, type_of)

    def content(self, clip: Clip) -> StoredContent:
        """Return the bytes of a clip."""
        return StoredContent(self._storage, clip.path)
