"""Keep what finds the moves in step with the moves."""

import msgspec

from application.library.browse import everything
from application.ports.embedder import Embedder
from application.ports.library import Library, MoveFilter
from application.ports.move_embeddings import MoveEmbeddings
from domain.library.embeddings import Rows, entry_of, words_of
from domain.library.moves import Move
from domain.shared.errors import MoveNotFound


class BackfillTextEmbeddings:
    """Keeps an embedding of its words for every move that has none, and none for any other."""

    def __init__(self, library: Library, embeddings: MoveEmbeddings, embedder: Embedder) -> None:
        """Take the ports."""
        self._library = library
        self._embeddings = embeddings
        self._embedder = embedder

    async def __call__(self) -> int:
        """Return how many moves had none; what is there of a move stays as it is."""
        entries = {entry.move_id for entry in await everything(self._embeddings.page)}
        moves = await everything(lambda after, most: self._library.moves(MoveFilter(), after, most))
        lacking = [move for move in moves if move.id not in entries]
        for move in lacking:
            await self._embed(move)
        for move_id in entries - {move.id for move in moves}:
            await self._forget(move_id)
        return len(lacking)

    async def _embed(self, move: Move) -> None:
        text = await self._embedder.read(words_of(move))
        entry = msgspec.structs.replace(
            entry_of(move), rows=Rows(text=text), text_by=self._embedder.name
        )
        await self._embeddings.keep(entry)

    async def _forget(self, move_id: str) -> None:
        """Forget what is known of a move that is gone, unless it has just come."""
        try:
            await self._library.move(move_id)
        except MoveNotFound:
            await self._embeddings.remove(move_id)
