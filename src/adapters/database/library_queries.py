"""Queries that songs and moves share."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import file_owners
from adapters.database.embeddings import forget_embedding
from adapters.database.engine import Database
from adapters.database.library_rows import storable
from adapters.database.tables import MoveRow, SongRow
from application.ports.library_files import Kind
from application.ports.pagination import Page
from domain.library.moves import Move
from domain.library.songs import Song

T = TypeVar("T", Song, Move)


async def rows_of(database: Database, query: Select[Any], *texts: str | None) -> Sequence[Row[Any]]:
    """Return the rows of a query for ``texts``; none if no row can contain one of them."""
    if not all(text is None or storable(text) for text in texts):
        return ()
    return await database.read(query)


async def take(
    database: Database, table: type[SongRow] | type[MoveRow], kind: Kind, item_id: str
) -> Sequence[Row[Any]]:
    """Delete the row of an id and return it; return none if there is none."""
    if not storable(item_id):
        return ()
    taken = delete(table).where(table.id == item_id).returning(*table.__table__.columns)

    async def work(connection: AsyncConnection) -> Sequence[Row[Any]]:
        rows = (await connection.execute(taken)).all()
        for row in rows:
            path = row.audio_path if kind is Kind.SONG else row.video_path
            await file_owners.release(connection, kind, item_id, path)
        if kind is Kind.MOVE:
            await forget_embedding(connection, item_id)
        return rows

    return await database.transact(work)


def usable(table: type[SongRow] | type[MoveRow], is_usable: bool) -> ColumnElement[bool]:
    """Return the condition for items that films can be made with, or for the others."""
    return table.unusable.is_(None) if is_usable else table.unusable.is_not(None)


def page_of(rows: Sequence[Row[Any]], made: Callable[[Row[Any]], T], most: int) -> Page[T]:
    """Return a page of ``most`` items; an additional row means that there are more."""
    items = tuple(made(row) for row in rows[:most])
    return Page(items=items, last=items[-1].id if len(rows) > most else None)
