"""Choose unique ids for items that have only a name."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Final

from anyascii import anyascii

from application.ports.library_files import Kind, LibraryFiles
from application.ports.moves import MoveRepository
from application.ports.songs import SongRepository
from domain.library import ids

_NUMBERS: Final = 9
_RANDOM: Final = 4
"""Bytes of a random number: of a thousand ids two are the same once in 8,600 libraries."""


def id_of(name: str) -> str:
    """Return an id made from a name in any script; see `domain.library.ids.id_of`."""
    return ids.id_of(name, anyascii)


async def unused(plain: str, is_used: Callable[[str], Awaitable[bool]]) -> str:
    """Return ``plain``, or ``plain`` with the first number from 2 to 9 that is not used.

    Where all of these are used, it is ``plain`` with a short random number in hexadecimal digits:
    of a thousand songs of one title the last one asks no more questions than the tenth.
    """
    for candidate in (plain, *(f"{plain}-{number}" for number in range(2, _NUMBERS + 1))):
        if not await is_used(candidate):
            return candidate
    return f"{plain}-{secrets.token_hex(_RANDOM)}"


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
