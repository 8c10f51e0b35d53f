"""Port for the embeddings of moves."""

from typing import Protocol

from application.ports.pagination import Page
from domain.library.embeddings import EmbeddedMove, MoveEmbedding
from domain.library.moves import Move
from domain.planning.costs import Motion


class MoveEmbeddings(Protocol):
    """Stores embeddings by the id of their move; `MoveRepository` adds and
    removes both together.
    """

    async def keep(self, embedding: MoveEmbedding, clip: str | None = None) -> None:
        """Replace the embedding of a move; raises `MoveNotFound`, and then changes nothing.

        With ``clip``, a storage path, it is kept only for a move that has this clip: the id may
        have gone to another move while the clip was analysed.
        """
        ...

    async def find(self, move_id: str) -> MoveEmbedding | None:
        """Return the embedding of a move; None if it has none, or if there is no such move."""
        ...

    async def page(self, after: str | None, most: int) -> Page[EmbeddedMove]:
        """Return up to ``most`` moves with embeddings whose ids come after ``after``.

        The moves are without corrections.
        """
        ...

    async def lacking(self, after: str | None, most: int) -> Page[Move]:
        """Return up to ``most`` moves without embeddings whose ids come after ``after``."""
        ...

    async def motion(self) -> Motion:
        """Return the amount of motion at the start and end of the clips, by the id of the move.

        It omits moves of which either is unknown.
        """
        ...

    async def version(self) -> str:
        """Return a text that changes with every change of an embedding, in any process."""
        ...
