"""The songs and the moves there are to choose from."""

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

import msgspec

from domain.blueprint import Difficulty
from domain.corrections import Correction
from domain.moves import Energy, Move, Style
from domain.music import Analysis, Song

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Some of many, in the order of their ids."""

    items: tuple[T, ...]
    last: str | None = None
    """Id to go on after; None when there is no more."""


class SongFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which songs; what is None does not matter."""

    search: str | None = None
    """Part of the title or of the artist's name, in any case."""
    genre: str | None = None
    slowest: float | None = None
    """Beats a minute; a song whose tempo nobody knows is neither this slow nor that fast."""
    fastest: float | None = None
    """Beats a minute."""
    shortest: float | None = None
    """Seconds."""
    longest: float | None = None
    """Seconds."""


class MoveFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which moves; what is None does not matter."""

    search: str | None = None
    """Part of the name, in any case."""
    label: str | None = None
    difficulty: Difficulty | None = None
    energy_level: Energy | None = None
    style: Style | None = None
    usable: bool | None = None
    """Whether films can be made of their clips, as far as anybody has tried."""


class Library(Protocol):
    """Songs and moves by id."""

    async def add_song(self, song: Song, analysis: Analysis | None = None) -> None:
        """Take a song in, with what is known of it, or raise `SongTaken`."""
        ...

    async def song(self, song_id: str) -> Song:
        """Return it, or raise `SongNotFound`."""
        ...

    async def songs(self, wanted: SongFilter, after: str | None, most: int) -> Page[Song]:
        """Return up to ``most`` songs whose ids come after ``after``."""
        ...

    async def analysis(self, song_id: str) -> Analysis | None:
        """Return what was heard in a song, None when nobody has listened; or `SongNotFound`."""
        ...

    async def keep_analysis(self, song_id: str, analysis: Analysis) -> None:
        """Remember what was heard, in place of what was; its tempo is the song's from now on.

        Where no beat was heard the song has no tempo; where a person has corrected the song it
        keeps the one it has. Raises `SongNotFound`.
        """
        ...

    async def correction(self, song_id: str) -> Correction | None:
        """Return what a person said of a song's time, None when nobody did; or `SongNotFound`."""
        ...

    async def keep_correction(
        self, song_id: str, correction: Correction, tempo: float | None
    ) -> None:
        """Remember it in place of the one before; one that says nothing is none.

        ``tempo`` is the song's from now on, in beats a minute. Raises `SongNotFound`.
        """
        ...

    async def remove_song(self, song_id: str) -> Song:
        """Forget a song and all that is known of it, and return it; raises `SongNotFound`.

        Of several who remove the same one at once one is given it. Its file stays.
        """
        ...

    async def add_move(self, move: Move) -> None:
        """Take a move in, or raise `MoveTaken`."""
        ...

    async def move(self, move_id: str) -> Move:
        """Return it, or raise `MoveNotFound`."""
        ...

    async def moves_of(self, move_ids: Sequence[str]) -> tuple[Move, ...]:
        """Return the moves of these ids that there are, in their order, each once."""
        ...

    async def mark_unusable(self, move: Move, reason: str | None) -> bool:
        """Remember why no film can be made of the clip of ``move``; None when one can.

        Return whether there is such a move with such a clip: nothing happens to one that was
        removed meanwhile, or that has come back with another clip.
        """
        ...

    async def remove_move(self, move_id: str) -> Move:
        """Forget a move and return it; raises `MoveNotFound`.

        Of several who remove the same one at once one is given it. Its file stays.
        """
        ...

    async def moves(self, wanted: MoveFilter, after: str | None, most: int) -> Page[Move]:
        """Return up to ``most`` moves whose ids come after ``after``."""
        ...
