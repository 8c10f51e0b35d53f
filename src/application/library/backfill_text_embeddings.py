"""Add the missing text embeddings of moves."""

from application.media.item_attempts import ItemAttempts
from application.ports.embedder import Embedder
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.pagination import read_all
from domain.library.embeddings import MoveEmbedding, Rows, words_of
from domain.library.moves import Move


class BackfillTextEmbeddings:
    """Adds a text embedding for every move without an embedding."""

    def __init__(self, embeddings: MoveEmbeddings, embedder: Embedder) -> None:
        """Take the ports."""
        self._embeddings = embeddings
        self._embedder = embedder

    async def __call__(self) -> int:
        """Return how many got one that had none; the embeddings of the others stay as they are.

        A move that fails is logged and keeps no other from getting its own.
        """
        attempts = ItemAttempts("embedding the words of the move")
        count = 0
        for move in await read_all(self._embeddings.lacking):
            count += await attempts(move.id, self._embed(move))
        return count

    async def _embed(self, move: Move) -> None:
        """Embed one; raises `MoveNotFound` where it was removed meanwhile."""
        rows = Rows(text=await self._embedder.read(words_of(move)))
        embedding = MoveEmbedding(move_id=move.id, rows=rows, text_by=self._embedder.name)
        await self._embeddings.keep(embedding, move.video_path)
