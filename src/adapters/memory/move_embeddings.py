"""Embeddings of moves in memory."""

from collections.abc import Callable, Mapping

from anyio.lowlevel import checkpoint

from adapters.memory.rows import is_storable, page_of
from application.ports.pagination import Page
from domain.library.embeddings import EmbeddedMove, MoveEmbedding
from domain.library.moves import Move
from domain.planning.costs import Motion
from domain.shared.errors import InvalidRequest, MoveNotFound
from domain.shared.violations import Violation


class MemoryMoveEmbeddings:
    """Stores embeddings as long as the process runs.

    As in a database no text may contain U+0000 or a lone surrogate.
    """

    def __init__(
        self, moves: Mapping[str, Move], corrected: Callable[[str], Move] | None = None
    ) -> None:
        """Share the uncorrected ``moves`` of a library; ``corrected`` returns the corrected move of
        an id.
        """
        self._moves = moves
        self._corrected = corrected or moves.__getitem__
        self._embeddings: dict[str, MoveEmbedding] = {}

    async def keep(self, embedding: MoveEmbedding, clip: str | None = None) -> None:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        await checkpoint()
        move = self._moves.get(embedding.move_id)
        if move is None or clip not in (None, move.video_path):
            raise MoveNotFound
        self.write(embedding)

    async def find(self, move_id: str) -> MoveEmbedding | None:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        await checkpoint()
        return self._embeddings.get(move_id)

    async def page(self, after: str | None, most: int) -> Page[EmbeddedMove]:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        await checkpoint()
        return page_of(self._embedded(), lambda _: True, after, most)

    async def lacking(self, after: str | None, most: int) -> Page[Move]:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        await checkpoint()
        moves = {key: self._corrected(key) for key in self._moves if key not in self._embeddings}
        return page_of(moves, lambda _: True, after, most)

    async def motion(self) -> Motion:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        await checkpoint()
        return {
            each.move_id: (each.energy_start, each.energy_end)
            for each in self._embeddings.values()
            if each.energy_start is not None and each.energy_end is not None
        }

    async def version(self) -> str:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        await checkpoint()
        embedded = self._embedded().values()
        return f"{len(embedded)}-{sum(each.fingerprint for each in embedded)}"

    def write(self, embedding: MoveEmbedding) -> None:
        """Replace an embedding immediately, within the caller's transaction."""
        makers = {name: getattr(embedding, name) for name in ("pose_by", "audio_by", "text_by")}
        wrong = [name for name, text in makers.items() if not is_storable(text)]
        if wrong:
            message = "The text contains U+0000 or an unpaired surrogate; remove it."
            raise InvalidRequest(tuple(Violation(path=f"$.{n}", message=message) for n in wrong))
        self._embeddings[embedding.move_id] = embedding

    def drop(self, move_id: str) -> None:
        """Delete the embedding of a move immediately, within the caller's transaction."""
        self._embeddings.pop(move_id, None)

    def _embedded(self) -> dict[str, EmbeddedMove]:
        return {
            key: EmbeddedMove(move=self._moves[key], embedding=embedding)
            for key, embedding in self._embeddings.items()
        }
