"""List and read songs and moves."""

from collections.abc import Iterable

from application.ports.moves import MoveFilter, MoveRepository
from application.ports.pagination import Page
from application.ports.songs import SongFilter, SongRepository
from domain.library.moves import Move
from domain.library.songs import Song


class ListSongs:
    """Lists the songs of the library by pages."""

    def __init__(self, songs: SongRepository) -> None:
        """Take the port."""
        self._songs = songs

    async def __call__(self, filters: SongFilter, after: str | None, most: int) -> Page[Song]:
        """Return up to ``most`` songs after the id ``after``."""
        return await self._songs.page(filters, after, most)


class ListMoves:
    """Lists the moves of the library by pages."""

    def __init__(self, moves: MoveRepository) -> None:
        """Take the port."""
        self._moves = moves

    async def __call__(self, filters: MoveFilter, after: str | None, most: int) -> Page[Move]:
        """Return up to ``most`` moves after the id ``after``."""
        return await self._moves.page(filters, after, most)


class ReadSong:
    """Reads one song of the library."""

    def __init__(self, songs: SongRepository) -> None:
        """Take the port."""
        self._songs = songs

    async def __call__(self, song_id: str) -> Song:
        """Return the song; raises `SongNotFound`."""
        return await self._songs.get(song_id)


class ReadMoves:
    """Reads several moves of the library."""

    def __init__(self, moves: MoveRepository) -> None:
        """Take the port."""
        self._moves = moves

    async def __call__(self, move_ids: Iterable[str]) -> tuple[Move, ...]:
        """Return the existing moves of these ids, each once."""
        return await self._moves.find_many(sorted(set(move_ids)))


class ReadMove:
    """Reads one move of the library."""

    def __init__(self, moves: MoveRepository) -> None:
        """Take the port."""
        self._moves = moves

    async def __call__(self, move_id: str) -> Move:
        """Return the move; raises `MoveNotFound`."""
        return await self._moves.get(move_id)
