"""What is known of moves, in memory."""

from collections.abc import Iterable

from anyio.lowlevel import checkpoint

from application.ports.library import Page
from domain.library.embeddings import MoveEmbedding
from domain.planning.costs import Motion
from domain.shared.errors import InvalidRequest, MoveNotFound
from domain.shared.violations import Violation


class MemoryMoveEmbeddings:
    """Holds entries for as long as the process runs.

    As in a database no text may hold U+0000 or half a surrogate pair.
    """

    def __init__(self, entries: Iterable[MoveEmbedding] = ()) -> None:
        """Start with ``entries``."""
        self._entries = {entry.move_id: entry for entry in entries}

    async def keep(self, entry: MoveEmbedding) -> None:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        await checkpoint()
        self.write(entry)

    async def remove(self, move_id: str) -> None:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        await checkpoint()
        self.drop(move_id)

    async def get(self, move_id: str) -> MoveEmbedding:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        await checkpoint()
        if move_id not in self._entries:
            raise MoveNotFound
        return self._entries[move_id]

    async def page(self, after: str | None, most: int) -> Page[MoveEmbedding]:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        await checkpoint()
        if after is not None and not _storable(after):
            return Page(items=())
        ids = [key for key in sorted(self._entries) if after is None or key > after]
        last = ids[most - 1] if len(ids) > most else None
        return Page(items=tuple(self._entries[key] for key in ids[:most]), last=last)

    async def motion(self) -> Motion:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        await checkpoint()
        return {
            entry.move_id: (entry.energy_start, entry.energy_end)
            for entry in self._entries.values()
            if entry.energy_start is not None and entry.energy_end is not None
        }

    async def version(self) -> str:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        await checkpoint()
        entries = self._entries.values()
        return f"{len(entries)}-{sum(entry.fingerprint for entry in entries)}"

    def write(self, entry: MoveEmbedding) -> None:
        """Remember an entry on the spot, in somebody's transaction."""
        texts = {"move_id": entry.move_id, "move_name": entry.move_name, "label": entry.label}
        wrong = [name for name, text in texts.items() if not _storable(text)]
        if wrong:
            message = "It holds U+0000 or half a surrogate pair, which is no text."
            raise InvalidRequest(tuple(Violation(path=f"$.{n}", message=message) for n in wrong))
        self._entries[entry.move_id] = entry

    def drop(self, move_id: str) -> None:
        """Forget the entry of a move on the spot, in somebody's transaction."""
        self._entries.pop(move_id, None)


def _storable(text: str) -> bool:
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)
