"""Moves in memory."""

from collections.abc import Iterable, Sequence

import msgspec
from anyio.lowlevel import checkpoint

from adapters.memory.library_files import MemoryLibraryFiles
from adapters.memory.move_embeddings import MemoryMoveEmbeddings
from adapters.memory.rows import check_texts, contains, page_of
from application.ports.library_files import Kind
from application.ports.moves import MoveFilter
from application.ports.pagination import Page
from domain.library.corrections import Correction
from domain.library.embeddings import MoveEmbedding
from domain.library.moves import Move
from domain.library.retiming import retimed
from domain.shared.errors import MoveNotFound, MoveTaken


class MemoryMoveRepository:
    """Stores moves as long as the process runs; see `MemoryLibrary`."""

    def __init__(self, files: MemoryLibraryFiles, moves: Iterable[Move] = ()) -> None:
        """Share ``files`` with the songs of the library; start with ``moves``."""
        self._files = files
        self._moves = {move.id: move for move in moves}
        """Moves without their corrections."""
        self.embeddings = MemoryMoveEmbeddings(self._moves, self._corrected)
        self._corrections: dict[str, Correction] = {}
        for move in self._moves.values():
            files.own(move.video_path)

    async def add(self, move: Move, embedding: MoveEmbedding | None = None) -> None:
        """See `application.ports.moves.MoveRepository`."""
        await checkpoint()
        check_texts(move)
        self._files.refuse_given_up(move.video_path)
        if move.id in self._moves:
            raise MoveTaken
        self._files.own(move.video_path)
        if embedding is not None:
            self.embeddings.write(msgspec.structs.replace(embedding, move_id=move.id))
        self._moves[move.id] = msgspec.structs.replace(move, correction=None)

    async def find(self, move_id: str) -> Move | None:
        """See `application.ports.moves.MoveRepository`."""
        await checkpoint()
        return self._corrected(move_id) if move_id in self._moves else None

    async def get(self, move_id: str) -> Move:
        """See `application.ports.moves.MoveRepository`."""
        move = await self.find(move_id)
        if move is None:
            raise MoveNotFound
        return move

    async def get_uncorrected(self, move_id: str) -> Move:
        """See `application.ports.moves.MoveRepository`."""
        await self.get(move_id)
        return self._moves[move_id]

    async def correct(self, move_id: str, correction: Correction) -> None:
        """See `application.ports.moves.MoveRepository`."""
        await self.get(move_id)
        self._corrections.pop(move_id, None)
        if correction != Correction():
            self._corrections[move_id] = correction

    async def find_many(self, move_ids: Sequence[str]) -> tuple[Move, ...]:
        """See `application.ports.moves.MoveRepository`."""
        await checkpoint()
        return tuple(
            self._corrected(each) for each in dict.fromkeys(move_ids) if each in self._moves
        )

    async def remove(self, move_id: str) -> Move:
        """See `application.ports.moves.MoveRepository`."""
        move = await self.get(move_id)
        del self._moves[move_id]
        self._corrections.pop(move_id, None)
        self.embeddings.drop(move_id)
        self._files.release(Kind.MOVE, move_id, move.video_path)
        return move

    async def page(self, filters: MoveFilter, after: str | None, most: int) -> Page[Move]:
        """See `application.ports.moves.MoveRepository`."""
        await checkpoint()

        def matches(move: Move) -> bool:
            return (
                (filters.search is None or contains(filters.search, move.name))
                and filters.label in (None, move.label)
                and filters.difficulty in (None, move.difficulty)
                and filters.energy_level in (None, move.energy_level)
                and filters.style in (None, move.style)
                and filters.usable in (None, move.unusable is None)
            )

        page = page_of(self._moves, matches, after, most)
        return Page(items=tuple(self._corrected(each.id) for each in page.items), last=page.last)

    def _corrected(self, move_id: str) -> Move:
        return retimed(self._moves[move_id], self._corrections.get(move_id))

    async def lend_beats(self, move: Move) -> bool:
        """See `application.ports.moves.MoveRepository`."""
        await checkpoint()
        check_texts(move)
        current = self._moves.get(move.id)
        if current is None or current.video_path != move.video_path or move.id in self._corrections:
            return False
        self._moves[move.id] = msgspec.structs.replace(
            current,
            tempo=move.tempo,
            first_count=move.first_count,
            beats=move.beats,
            confidence=move.confidence,
            beats_from=move.beats_from,
        )
        return True

    async def mark_unusable(self, move: Move, reason: str | None) -> bool:
        """See `application.ports.moves.MoveRepository`."""
        await checkpoint()
        current = self._moves.get(move.id)
        if current is None or current.video_path != move.video_path:
            return False
        marked = msgspec.structs.replace(current, unusable=reason)
        check_texts(marked)
        self._moves[move.id] = marked
        return True
