"""What is known of moves for finding them."""

from typing import Protocol

from application.ports.library import Page
from domain.library.embeddings import MoveEmbedding
from domain.planning.costs import Motion


class MoveEmbeddings(Protocol):
    """Entries by the id of their move."""

    async def keep(self, entry: MoveEmbedding) -> None:
        """Remember an entry, in place of the one of the same id."""
        ...

    async def remove(self, move_id: str) -> None:
        """Forget the entry of a move, if there is one."""
        ...

    async def get(self, move_id: str) -> MoveEmbedding:
        """Return it, or raise `MoveNotFound`."""
        ...

    async def page(self, after: str | None, most: int) -> Page[MoveEmbedding]:
        """Return up to ``most`` whose ids come after ``after``."""
        ...

    async def motion(self) -> Motion:
        """Return how much moves where clips begin and end, of all that were watched, by move."""
        ...

    async def version(self) -> str:
        """Return what differs whenever anything that is kept does, in any process."""
        ...
