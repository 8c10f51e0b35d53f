"""Choose unique ids for items that have only a name."""

from collections.abc import Awaitable, Callable

from anyascii import anyascii

from application.ports.library_files import Kind, LibraryFiles
from application.ports.moves import MoveRepository
from application.ports.songs import SongRepository
from domain.library import ids


def id_of(name: str) -> str:
    """Return an id made from a name in any script; see `domain.library.ids.id_of`."""
    return ids.id_of(name, anyascii)


async def unused(plain: str, is_used: Callable[[str], Awaitable[bool]]) -> str:
    """Return ``plain``, or ``plain`` with the first number from 2 on, that is not used."""
    tried, number = plain, 1
    while await is_used(tried):
        number += 1
        tried = f"{plain}-{number}"
    return tried


async def unused_song_id(songs: SongRepository, files: LibraryFiles, plain: str) -> str:
    """Return ``plain``, or ``plain`` with a number, that no song has as its id.

    A removed song keeps its id until its file is deleted, because removing the song again uses it.
    """

    async def is_used(song_id: str) -> bool:
        return bool(await songs.find(song_id) or await files.removed(Kind.SONG, song_id))

    return await unused(plain, is_used)


async def unused_move_id(moves: MoveRepository, files: LibraryFiles, plain: str) -> str:
    """Return ``plain``, or ``plain`` with a number, that no move has as its id.

    The id of a removed move is used until its clip is deleted, as in `unused_song_id`.
    """

    async def is_used(move_id: str) -> bool:
        return bool(await moves.find(move_id) or await files.removed(Kind.MOVE, move_id))

    return await unused(plain, is_used)
