"""Port for the files of songs and moves that have no owner any more."""

from enum import StrEnum
from typing import Protocol

import msgspec


class Kind(StrEnum):
    """The kind of a library item."""

    SONG = "song"
    MOVE = "move"


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """The file of a removed song or move, until the file is known to be deleted."""

    kind: Kind
    item_id: str
    path: str


class LibraryFiles(Protocol):
    """Stores the storage paths that no song or move uses any more. Each method
    is one transaction.
    """

    async def removed(
        self, kind: Kind | None = None, item_id: str | None = None
    ) -> tuple[Removed, ...]:
        """Return the files of removed songs and moves, by path; optionally those of one kind or id.

        They have no owner any more, and may be deleted repeatedly.
        """
        ...

    async def forget(self, path: str) -> None:
        """Forget the file of a removed song or move, after it has been deleted."""
        ...

    async def give_up(self, path: str) -> bool:
        """Prevent that any song or move ever uses ``path``, so that its file may be deleted.

        Return False if one already uses it: adding it has succeeded, even if the caller got an
        error.
        """
        ...
