"""Give every move an embedding of its words."""

from application.ports.embedder import Embedder
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.pagination import read_all
from domain.library.embeddings import MoveEmbedding, Rows, words_of
from domain.library.moves import Move
from domain.shared.errors import MoveNotFound


class BackfillTextEmbeddings:
    """Embeds the words of every move that has no embedding."""

    def __init__(self, embeddings: MoveEmbeddings, embedder: Embedder) -> None:
        """Take the ports."""
        self._embeddings = embeddings
        self._embedder = embedder

    async def __call__(self) -> int:
        """Return how many moves had none; the embeddings of the others stay as they are."""
        return sum([await self._embed(move) for move in await read_all(self._embeddings.lacking)])

    async def _embed(self, move: Move) -> bool:
        rows = Rows(text=await self._embedder.read(words_of(move)))
        embedding = MoveEmbedding(move_id=move.id, rows=rows, text_by=self._embedder.name)
        try:
            await self._embeddings.keep(embedding)
        except MoveNotFound:
            return False  # It was removed meanwhile.
        return True
