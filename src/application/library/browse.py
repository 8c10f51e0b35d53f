"""Look through the library."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

from application.ports.library import Library, MoveFilter, Page, SongFilter
from domain.library.moves import Move
from domain.library.songs import Song

T = TypeVar("T")

_PAGE: Final = 500


async def everything(page: Callable[[str | None, int], Awaitable[Page[T]]]) -> list[T]:
    """All that a listing gives, page by page."""
    found: list[T] = []
    after: str | None = None
    while True:
        some = await page(after, _PAGE)
        found.extend(some.items)
        if (after := some.last) is None:
            return found


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


class ReadSong:
    """One song of the library."""

    def __init__(self, library: Library) -> None:
        """Take the port."""
        self._library = library

    async def __call__(self, song_id: str) -> Song:
        """Return it, or raise `SongNotFound`."""
        return await self._library.song(song_id)


class ReadMoves:
    """Some moves of the library."""

    def __init__(self, library: Library) -> None:
        """Take the port."""
        self._library = library

    async def __call__(self, move_ids: Iterable[str]) -> tuple[Move, ...]:
        """Return those of these ids that there are, each once."""
        return await self._library.moves_of(sorted(set(move_ids)))


class ReadMove:
    """One move of the library."""

    def __init__(self, library: Library) -> None:
        """Take the port."""
        self._library = library

    async def __call__(self, move_id: str) -> Move:
        """Return it, or raise `MoveNotFound`."""
        return await self._library.move(move_id)
