"""An in-memory search for moves."""

import asyncio
from collections.abc import Sequence

from anyio.lowlevel import checkpoint

from application.ports.move_index import HARDNESS, Among, Entry, Near, SearchResult
from domain.library.embeddings import Fused, unpacked
from domain.shared.errors import NotReady


class MemoryMoveIndex:
    """Compares a query with one move after another, and yields to other tasks in between."""

    def __init__(self) -> None:
        self._content: tuple[str, tuple[tuple[Entry, Sequence[float]], ...]] | None = None
        self._lock = asyncio.Lock()

    @property
    def version(self) -> str | None:
        """See `application.ports.move_index.MoveIndex`."""
        return self._content[0] if self._content else None

    async def swap(self, version: str, entries: Sequence[Entry]) -> None:
        """See `application.ports.move_index.MoveIndex`."""
        async with self._lock:
            await checkpoint()
            ordered = sorted(entries, key=lambda entry: entry.move_id)
            self._content = (version, tuple((entry, unpacked(entry.vector)) for entry in ordered))

    async def restore(self, version: str) -> bool:
        """See `application.ports.move_index.MoveIndex`; it stores nothing."""
        await checkpoint()
        return False

    async def nearest(self, query: Fused, most: int, among: Among) -> SearchResult:
        """See `application.ports.move_index.MoveIndex`."""
        if self._content is None:
            raise NotReady("No moves have been indexed yet.")
        version, content = self._content
        vector = unpacked(query)
        moves: list[Near] = []
        for entry, numbers in content:
            await checkpoint()
            if is_included(entry, among):
                score = sum(a * b for a, b in zip(vector, numbers, strict=True))
                moves.append(Near(entry.move_id, score))
        # Sorting keeps the order of the ids among equal scores.
        moves.sort(key=lambda near: -near.score)
        return SearchResult(version=version, moves=tuple(moves[: max(most, 0)]))

    async def ready(self) -> str:
        """See `application.ports.move_index.MoveIndex`."""
        await checkpoint()
        if self._content is None:
            raise NotReady("No moves have been indexed yet.")
        return f"{len(self._content[1])} moves in memory"


def is_included(entry: Entry, among: Among) -> bool:
    """Return True if the filter includes a move."""
    hardest = among.difficulty
    return (
        among.label in (None, entry.label)
        and (hardest is None or HARDNESS.index(entry.difficulty) <= HARDNESS.index(hardest))
        and among.energy_level in (None, entry.energy_level)
        and among.style in (None, entry.style)
        and entry.move_id not in among.banned
    )
