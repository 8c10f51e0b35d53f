"""Make the entries of the index out of moves and their embeddings."""

import logging
from collections.abc import Sequence

import msgspec

from application.ports.move_index import Entry
from domain.library.embeddings import EmbeddedMove, Fused, Rows, fused

_log = logging.getLogger("bachata.index")


class Unreadable(msgspec.Struct, frozen=True):
    """A move whose embedding cannot be compared."""

    move_id: str
    error: Exception

    async def failing(self) -> None:
        """Raise the error."""
        raise self.error


def index_entries(embedded_moves: Sequence[EmbeddedMove]) -> list[Entry | Unreadable]:
    """Return an entry for each move, in the same order."""
    return [_entry_or_error(each) for each in embedded_moves]


def fused_or_words(rows: Rows, what: str) -> Fused:
    """Return the fused rows of ``what``, or those of its words alone.

    Raises `ValueError` where the words cannot be read either.
    """
    try:
        return fused(rows)
    except ValueError as error:
        _log.warning("%s is compared by words only: %s", what, error)
        return fused(Rows(text=rows.text))


def _entry_or_error(embedded_move: EmbeddedMove) -> Entry | Unreadable:
    try:
        return _entry(embedded_move)
    except Exception as error:
        return Unreadable(embedded_move.move.id, error)


def _entry(embedded_move: EmbeddedMove) -> Entry:
    move = embedded_move.move
    return Entry(
        move_id=move.id,
        label=move.label,
        difficulty=move.difficulty,
        energy_level=move.energy_level,
        style=move.style,
        vector=fused_or_words(embedded_move.embedding.rows, f"the move {move.id!r}"),
    )
