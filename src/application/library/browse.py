"""Look through the library."""

from collections.abc import Iterable

from application.ports.moves import MoveFilter, MoveRepository
from application.ports.pagination import Page
from application.ports.songs import SongFilter, SongRepository
from domain.library.moves import Move
from domain.library.songs import Song


class ListSongs:
    """The songs of the library, a page at a time."""

    def __init__(self, songs: SongRepository) -> None:
        """Take the port."""
        self._songs = songs

    async def __call__(self, wanted: SongFilter, after: str | None, most: int) -> Page[Song]:
        """Return up to ``most`` songs after the id ``after``."""
        return await self._songs.page(wanted, after, most)


class ListMoves:
    """The moves of the library, a page at a time."""

    def __init__(self, moves: MoveRepository) -> None:
        """Take the port."""
        self._moves = moves

    async def __call__(self, wanted: MoveFilter, after: str | None, most: int) -> Page[Move]:
        """Return up to ``most`` moves after the id ``after``."""
        return await self._moves.page(wanted, after, most)


class ReadSong:
    """One song of the library."""

    def __init__(self, songs: SongRepository) -> None:
        """Take the port."""
        self._songs = songs

    async def __call__(self, song_id: str) -> Song:
        """Return it, or raise `SongNotFound`."""
        return await self._songs.get(song_id)


class ReadMoves:
    """Some moves of the library."""

    def __init__(self, moves: MoveRepository) -> None:
        """Take the port."""
        self._moves = moves

    async def __call__(self, move_ids: Iterable[str]) -> tuple[Move, ...]:
        """Return those of these ids that there are, each once."""
        return await self._moves.find_many(sorted(set(move_ids)))


class ReadMove:
    """One move of the library."""

    def __init__(self, moves: MoveRepository) -> None:
        """Take the port."""
        self._moves = moves

    async def __call__(self, move_id: str) -> Move:
        """Return it, or raise `MoveNotFound`."""
        return await self._moves.get(move_id)
