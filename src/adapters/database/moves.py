"""Store moves as rows."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import file_owners
from adapters.database.embeddings import write_embedding
from adapters.database.engine import Database
from adapters.database.library_queries import page_of, rows_of, take, usable
from adapters.database.library_rows import (
    move_of,
    saying,
    storable,
    storable_fields,
    uncorrected_move_of,
)
from adapters.database.tables import MoveRow
from application.ports.library_files import Kind
from application.ports.moves import MoveFilter
from application.ports.pagination import Page
from domain.library.corrections import Correction
from domain.library.embeddings import MoveEmbedding
from domain.library.moves import Move
from domain.shared.errors import MoveNotFound, MoveTaken

_AT_ONCE: Final = 500
"""Maximum ids per query; databases accept only some thousands."""


class SqlMoveRepository:
    """Each call is one short transaction.

    No text may contain U+0000 or a lone surrogate, which Postgres cannot store: adding such a text
    raises `InvalidRequest`, searching for one finds nothing.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, move: Move, embedding: MoveEmbedding | None = None) -> None:
        """See `application.ports.moves.MoveRepository`."""
        fields = {**storable_fields(move), "beats": _document(move.beats), "correction": None}
        row = insert(MoveRow).values(**fields, folded_name=move.name.casefold())

        async def work(connection: AsyncConnection) -> None:
            await file_owners.claim(connection, move.video_path)
            await connection.execute(row)
            if embedding is not None:
                await write_embedding(connection, move, embedding)

        try:
            await self._database.transact(work)
        except IntegrityError:
            raise MoveTaken from None

    async def find(self, move_id: str) -> Move | None:
        """See `application.ports.moves.MoveRepository`."""
        row = await self._row(move_id)
        return None if row is None else move_of(row)

    async def get(self, move_id: str) -> Move:
        """See `application.ports.moves.MoveRepository`."""
        move = await self.find(move_id)
        if move is None:
            raise MoveNotFound
        return move

    async def get_uncorrected(self, move_id: str) -> Move:
        """See `application.ports.moves.MoveRepository`."""
        row = await self._row(move_id)
        if row is None:
            raise MoveNotFound
        return uncorrected_move_of(row)

    async def correct(self, move_id: str, correction: Correction) -> None:
        """See `application.ports.moves.MoveRepository`."""
        if not storable(move_id):
            raise MoveNotFound
        change = update(MoveRow).where(MoveRow.id == move_id).values(correction=saying(correction))
        if not await self._database.write(change):
            raise MoveNotFound

    async def find_many(self, move_ids: Sequence[str]) -> tuple[Move, ...]:
        """See `application.ports.moves.MoveRepository`."""
        storable_ids = [each for each in dict.fromkeys(move_ids) if storable(each)]
        found: dict[str, Move] = {}
        for start in range(0, len(storable_ids), _AT_ONCE):
            some = MoveRow.id.in_(storable_ids[start : start + _AT_ONCE])
            rows = await self._database.read(select(MoveRow.__table__).where(some))
            found |= {row.id: move_of(row) for row in rows}
        return tuple(found[each] for each in storable_ids if each in found)

    async def page(self, filters: MoveFilter, after: str | None, most: int) -> Page[Move]:
        """See `application.ports.moves.MoveRepository`."""
        query = select(MoveRow.__table__).order_by(MoveRow.id).limit(most + 1)
        if after is not None:
            query = query.where(MoveRow.id > after)
        if filters.search is not None:
            part = filters.search.casefold()
            query = query.where(MoveRow.folded_name.contains(part, autoescape=True))
        for column, value in (
            (MoveRow.label, filters.label),
            (MoveRow.difficulty, filters.difficulty),
            (MoveRow.energy_level, filters.energy_level),
            (MoveRow.style, filters.style),
        ):
            if value is not None:
                query = query.where(column == str(value))
        if filters.usable is not None:
            query = query.where(usable(MoveRow, filters.usable))
        return page_of(
            await rows_of(self._database, query, after, filters.search, filters.label),
            move_of,
            most,
        )

    async def mark_unusable(self, move: Move, reason: str | None) -> bool:
        """See `application.ports.moves.MoveRepository`."""
        storable_fields(msgspec.structs.replace(move, unusable=reason))
        same = (MoveRow.id == move.id, MoveRow.video_path == move.video_path)
        change = update(MoveRow).where(*same).values(unusable=reason)
        return await self._database.write(change) > 0

    async def lend_beats(self, move: Move) -> bool:
        """See `application.ports.moves.MoveRepository`."""
        fields = storable_fields(move)
        change = (
            update(MoveRow)
            .where(MoveRow.id == move.id, MoveRow.video_path == move.video_path)
            .where(MoveRow.correction.is_(None))
            .values({name: fields[name] for name in ("tempo", "first_count", "confidence")})
            .values(beats=_document(move.beats), beats_from=move.beats_from)
        )
        return await self._database.write(change) > 0

    async def remove(self, move_id: str) -> Move:
        """See `application.ports.moves.MoveRepository`."""
        rows = await take(self._database, MoveRow, Kind.MOVE, move_id)
        if not rows:
            raise MoveNotFound
        return move_of(rows[0])

    async def _row(self, move_id: str) -> Row[Any] | None:
        query = select(MoveRow.__table__).where(MoveRow.id == move_id)
        rows = await rows_of(self._database, query, move_id)
        return rows[0] if rows else None


def _document(beats: Sequence[float]) -> str | None:
    return msgspec.json.encode(beats).decode() if beats else None
