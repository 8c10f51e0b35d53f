"""The moves of the library."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from application.ports.pagination import Page
from domain.blueprint.model import Difficulty
from domain.library.corrections import Correction
from domain.library.embeddings import MoveEmbedding
from domain.library.moves import Energy, Move, Style


class MoveFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions on moves; a field that is None sets no condition."""

    search: str | None = None
    """Part of the name; case does not matter."""
    label: str | None = None
    difficulty: Difficulty | None = None
    energy_level: Energy | None = None
    style: Style | None = None
    usable: bool | None = None
    """True for moves without `Move.unusable`, False for those with it."""


class MoveRepository(Protocol):
    """Moves by id. When a method has returned, its change is on record and survives a crash.

    Each method is one transaction. Where one raises anything but what it says here, its outcome is
    unknown; `LibraryFiles.give_up` decides it. Methods that return moves apply a person's
    correction to the tempo, the beats and the first count, unless they say otherwise.
    """

    async def add(self, move: Move, embedding: MoveEmbedding | None = None) -> None:
        """Add a move and its embedding, or raise `MoveTaken` when its id is in use.

        It is added without `Move.correction`. Raises `StorageFailed` when its path was given up.
        """
        ...

    async def find(self, move_id: str) -> Move | None:
        """Return the move, or None when there is none of this id."""
        ...

    async def get(self, move_id: str) -> Move:
        """Return the move, or raise `MoveNotFound`."""
        ...

    async def get_uncorrected(self, move_id: str) -> Move:
        """Return the move as its clip was analysed, without the correction; or `MoveNotFound`."""
        ...

    async def find_many(self, move_ids: Sequence[str]) -> tuple[Move, ...]:
        """Return the moves of these ids, in this order and each once; unknown ids are left out."""
        ...

    async def page(self, wanted: MoveFilter, after: str | None, most: int) -> Page[Move]:
        """Return up to ``most`` moves whose ids come after ``after``."""
        ...

    async def correct(self, move_id: str, correction: Correction) -> None:
        """Replace a person's correction of the clip's beats; an empty one removes it.

        Raises `MoveNotFound`.
        """
        ...

    async def mark_unusable(self, move: Move, reason: str | None) -> bool:
        """Record why no film can be made of a move's clip; None when one can.

        Return False, and change nothing, when the move was removed or has another clip by now.
        """
        ...

    async def remove(self, move_id: str) -> Move:
        """Remove a move with its embedding and correction, and return it.

        Raises `MoveNotFound`; of several calls at once, one returns the move. Its clip stays in the
        storage and is listed by `LibraryFiles.removed`, unless another song or move has the same
        path.
        """
        ...
