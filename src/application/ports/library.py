"""The songs and the moves there are to choose from."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

import msgspec

from domain.blueprint.model import Difficulty
from domain.library.corrections import Correction
from domain.library.embeddings import MoveEmbedding
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Analysis, Song

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
    usable: bool | None = None
    """Whether their files are there, as far as anybody has looked."""
    audio_path: str | None = None
    contents: str | None = None
    """The fingerprint in the path of its file, see `domain.shared.paths.song`."""


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


class Kind(StrEnum):
    """What a library is made of."""

    SONG = "song"
    MOVE = "move"


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """The file of a song or a move that was removed, while nobody knows that it is deleted."""

    kind: Kind
    item_id: str
    path: str


class Library(Protocol):
    """Songs and moves by id. What a method returned for is on record, whatever happens next.

    Each method is one transaction. Where one raises anything but what it says here, nobody knows
    whether it was carried out; `give_up` decides it.
    """

    async def add_song(self, song: Song, analysis: Analysis | None = None) -> None:
        """Take a song in, with what is known of it, or raise `SongTaken`.

        Raises `StorageFailed` where its path was given up.
        """
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

        Of several who remove the same one at once one is given it. Its file stays, and is among
        the `removed` ones unless another song or move lies at the same path.
        """
        ...

    async def add_move(self, move: Move, embedding: MoveEmbedding | None = None) -> None:
        """Take a move in together with what finds it, or raise `MoveTaken`.

        It has no correction, whatever it says. Raises `StorageFailed` where its path was given up.
        """
        ...

    async def move(self, move_id: str) -> Move:
        """Return it, with the time that a person says if one does, or raise `MoveNotFound`.

        So does every other call that returns moves.
        """
        ...

    async def move_as_heard(self, move_id: str) -> Move:
        """Return it with the time that was found out, or raise `MoveNotFound`."""
        ...

    async def correct_move(self, move_id: str, correction: Correction) -> None:
        """Remember what a person says of its time, in place of what was said before.

        A correction that says nothing is none. Raises `MoveNotFound`.
        """
        ...

    async def moves_of(self, move_ids: Sequence[str]) -> tuple[Move, ...]:
        """Return the moves of these ids that there are, in their order, each once."""
        ...

    async def mark_unusable(self, item: Song | Move, reason: str | None) -> bool:
        """Remember why no film can be made of a move's clip, or with a song; None when one can.

        Return whether there is such an item with such a file: nothing happens to one that was
        removed meanwhile, or that has come back with another file.
        """
        ...

    async def remove_move(self, move_id: str) -> Move:
        """Forget a move and what finds it, and return it; raises `MoveNotFound`.

        Otherwise as `remove_song`.
        """
        ...

    async def removed(
        self, kind: Kind | None = None, item_id: str | None = None
    ) -> tuple[Removed, ...]:
        """Return the files of songs and moves that were removed, by path; those of one id at will.

        They belong to nobody any more, and may be deleted as often as anybody likes.
        """
        ...

    async def forget_removed(self, path: str) -> None:
        """Forget the file of a song or a move that was removed: it is deleted."""
        ...

    async def give_up(self, path: str) -> bool:
        """See to it that no song or move ever lies at ``path``, so that its file may be deleted.

        False where one lies there: whoever was adding it has succeeded, though nobody may have
        been told.
        """
        ...

    async def moves(self, wanted: MoveFilter, after: str | None, most: int) -> Page[Move]:
        """Return up to ``most`` moves whose ids come after ``after``."""
        ...
