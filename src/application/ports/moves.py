"""Port for the moves of the library."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from application.ports.pagination import Page
from domain.blueprint.model import Difficulty
from domain.library.corrections import Correction
from domain.library.embeddings import MoveEmbedding
from domain.library.moves import Energy, Move, Style


class MoveFilter(msgspec.Struct, frozen=True, kw_only=True):
    """A filter for moves; None matches all."""

    search: str | None = None
    """Part of the name, in any case."""
    label: str | None = None
    difficulty: Difficulty | None = None
    energy_level: Energy | None = None
    style: Style | None = None
    usable: bool | None = None
    """True for moves without `Move.unusable`, False for those with it."""


class MoveRepository(Protocol):
    """Stores moves by id. After a method returns, its change survives a crash.

    Each method is one transaction. If one raises an error that is not listed here, its outcome is
    unknown; `LibraryFiles.give_up` decides it. Methods that return moves apply a user's correction
    to the tempo, the beats and the first count, unless they say otherwise.
    """

    async def add(self, move: Move, embedding: MoveEmbedding | None = None) -> None:
        """Add a move and its embedding; raises `MoveTaken` if its id is in use.

        It is added without `Move.correction`. Raises `StorageFailed` if `LibraryFiles.give_up` was
        called for its path.
        """
        ...

    async def find(self, move_id: str) -> Move | None:
        """Return the move, or None if there is none with this id."""
        ...

    async def get(self, move_id: str) -> Move:
        """Return the move; raises `MoveNotFound`."""
        ...

    async def get_uncorrected(self, move_id: str) -> Move:
        """Return the move as analysed, without the correction; raises `MoveNotFound`."""
        ...

    async def find_many(self, move_ids: Sequence[str]) -> tuple[Move, ...]:
        """Return the existing moves of these ids, in the order of the ids, each once."""
        ...

    async def page(self, filters: MoveFilter, after: str | None, most: int) -> Page[Move]:
        """Return up to ``most`` moves whose ids come after ``after``."""
        ...

    async def correct(self, move_id: str, correction: Correction) -> None:
        """Store a user's correction of the clip's beats, replacing the previous one.

        An empty correction removes it. Raises `MoveNotFound`.
        """
        ...

    async def lend_beats(self, move: Move) -> bool:
        """Store the tempo, the first count, the beats, their confidence and their source.

        Return False, and change nothing, if a user has corrected the beats, or if the move was
        removed or has another clip by now.
        """
        ...

    async def mark_unusable(self, move: Move, reason: str | None) -> bool:
        """Store the reason why no film can be made of a move's clip; None if one can.

        Return False, and change nothing, if the move was removed or has another clip by now.
        """
        ...

    async def remove(self, move_id: str) -> Move:
        """Delete a move with its embedding and correction, and return it.

        Raises `MoveNotFound`; of several concurrent calls only one returns the move. Its clip stays
        in the storage and is listed by `LibraryFiles.removed`, unless another song or move has the
        same path.
        """
        ...
