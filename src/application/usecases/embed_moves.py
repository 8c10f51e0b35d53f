"""Make the moves of the library findable that were not imported."""

import msgspec

from application.ports.embedder import Embedder
from application.ports.library import Library, MoveFilter
from application.ports.move_embeddings import MoveEmbeddings
from domain.embeddings import Rows, entry_of, words_of
from domain.errors import MoveNotFound
from domain.moves import Move

_PAGE = 500


class EmbedMoves:
    """Keeps an embedding of its words for every move that has none."""

    def __init__(self, library: Library, embeddings: MoveEmbeddings, embedder: Embedder) -> None:
        """Take the ports."""
        self._library = library
        self._embeddings = embeddings
        self._embedder = embedder

    async def __call__(self) -> int:
        """Return how many moves had none; what is there stays as it is."""
        made = 0
        after: str | None = None
        while True:
            page = await self._library.moves(MoveFilter(), after, _PAGE)
            for move in page.items:
                made += await self._made(move)
            if (after := page.last) is None:
                return made

    async def _made(self, move: Move) -> bool:
        try:
            await self._embeddings.get(move.id)
        except MoveNotFound:
            text = await self._embedder.read(words_of(move))
            entry = msgspec.structs.replace(
                entry_of(move), rows=Rows(text=text), text_by=self._embedder.name
            )
            await self._embeddings.keep(entry)
            return True
        return False
