"""Look through the library."""

from application.ports.library import Library, MoveFilter, Page, SongFilter
from domain.moves import Move
from domain.music import Song


class ListSongs:
    """The songs of the library, a page at a time."""

    def __init__(self, library: Library) -> None:
        """Take the port."""
        self._library = library

    async def __call__(self, wanted: SongFilter, after: str | None, most: int) -> Page[Song]:
        """Return up to ``most`` songs after the id ``after``."""
        return await self._library.songs(wanted, after, most)


class ListMoves:
    """The moves of the library, a page at a time."""

    def __init__(self, library: Library) -> None:
        """Take the port."""
        self._library = library

    async def __call__(self, wanted: MoveFilter, after: str | None, most: int) -> Page[Move]:
        """Return up to ``most`` moves after the id ``after``."""
        return await self._library.moves(wanted, after, most)
