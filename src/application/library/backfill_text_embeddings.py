"""Add the missing text embeddings of moves."""

from application.ports.embedder import Embedder
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.pagination import read_all
from domain.library.embeddings import MoveEmbedding, Rows, words_of
from domain.library.moves import Move
from domain.shared.errors import MoveNotFound


class BackfillTextEmbeddings:
    """Adds a text embedding for every move without an embedding."""

    def __init__(self, embeddings: MoveEmbeddings, embedder: Embedder) -> None:
        """Take the ports."""
        self._embeddings = embeddings
        self._embedder = embedder

    async def __call__(self) -> int:
        """Return the number of moves that had no embedding; existing embeddings stay unchanged."""
        return sum([await self._embed(move) for move in await read_all(self._embeddings.lacking)])

    async def _embed(self, move: Move) -> bool:
        rows = Rows(text=await self._embedder.read(words_of(move)))
        embedding = MoveEmbedding(move_id=move.id, rows=rows, text_by=self._embedder.name)
        try:
            await self._embeddings.keep(embedding)
        except MoveNotFound:
            return False  # The move was removed in the meantime.
        return True
