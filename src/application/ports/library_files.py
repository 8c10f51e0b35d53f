"""The files of songs and moves, and which of them belong to nobody."""

from enum import StrEnum
from typing import Protocol

import msgspec


class Kind(StrEnum):
    """The kinds of items in a library."""

    SONG = "song"
    MOVE = "move"


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """The file of a song or a move that was removed, until the file is known to be deleted."""

    kind: Kind
    item_id: str
    path: str


class LibraryFiles(Protocol):
    """The storage paths at which no song or move lies any more. Each method is one transaction."""

    async def removed(
        self, kind: Kind | None = None, item_id: str | None = None
    ) -> tuple[Removed, ...]:
        """Return the files of removed songs and moves, by path; of one kind or one id if given.

        No item refers to these files: they may be deleted, and deleted again.
        """
        ...

    async def forget(self, path: str) -> None:
        """Forget the file of a removed song or move, after it was deleted."""
        ...

    async def give_up(self, path: str) -> bool:
        """Prevent any song or move from ever having ``path``, so that its file may be deleted.

        Return False when one has it: the call that added it succeeded, even if its caller was told
        otherwise.
        """
        ...
