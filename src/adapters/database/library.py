"""Songs and moves as rows."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Row, Select, case, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import library_files
from adapters.database.embeddings import forget_entry, write_entry
from adapters.database.engine import Database
from adapters.database.library_rows import (
    document,
    heard_of,
    move_of,
    saying,
    song_of,
    storable,
    storable_fields,
)
from adapters.database.tables import MoveRow, SongRow, UnownedFileRow
from application.ports.library import Kind, MoveFilter, Page, Removed, SongFilter
from domain.library.corrections import Correction
from domain.library.embeddings import MoveEmbedding
from domain.library.moves import Move
from domain.library.songs import Analysis, Song
from domain.shared.errors import MoveNotFound, MoveTaken, SongNotFound, SongTaken

T = TypeVar("T", Song, Move)

_AT_ONCE: Final = 500
"""Ids in one query; databases take some thousands at most."""

_SONG: Final = tuple(SongRow.__table__.columns[name] for name in Song.__struct_fields__)
"""What a song is made of; what was heard in it is long, and read when it is asked for."""


class SqlLibrary:
    """One short transaction a call.

    No text may hold U+0000 or half a surrogate pair, which Postgres cannot store: adding such a
    text raises `InvalidRequest`, looking for one finds nothing.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_song(self, song: Song, analysis: Analysis | None = None) -> None:
        """See `application.ports.library.Library`."""
        row = insert(SongRow).values(
            **storable_fields(song),
            folded_title=song.title.casefold(),
            folded_artist=song.artist.casefold(),
            analysis=None if analysis is None else document(analysis),
        )

        async def work(connection: AsyncConnection) -> None:
            await library_files.claim(connection, song.audio_path)
            await connection.execute(row)

        try:
            await self._database.transact(work)
        except IntegrityError:
            raise SongTaken from None

    async def song(self, song_id: str) -> Song:
        """See `application.ports.library.Library`."""
        rows = await self._rows(select(*_SONG).where(SongRow.id == song_id), song_id)
        if not rows:
            raise SongNotFound
        return song_of(rows[0])

    async def songs(self, wanted: SongFilter, after: str | None, most: int) -> Page[Song]:
        """See `application.ports.library.Library`."""
        query = select(*_SONG).order_by(SongRow.id).limit(most + 1)
        if after is not None:
            query = query.where(SongRow.id > after)
        if wanted.search is not None:
            part = wanted.search.casefold()
            query = query.where(
                or_(
                    SongRow.folded_title.contains(part, autoescape=True),
                    SongRow.folded_artist.contains(part, autoescape=True),
                )
            )
        if wanted.genre is not None:
            query = query.where(SongRow.genre == wanted.genre)
        for column, least, greatest in (
            (SongRow.tempo, wanted.slowest, wanted.fastest),
            (SongRow.duration, wanted.shortest, wanted.longest),
        ):
            if least is not None:
                query = query.where(column >= least)
            if greatest is not None:
                query = query.where(column <= greatest)
        if wanted.usable is not None:
            query = query.where(_usable(SongRow, wanted.usable))
        if wanted.audio_path is not None:
            query = query.where(SongRow.audio_path == wanted.audio_path)
        if wanted.contents is not None:
            path, part = SongRow.audio_path, f"-{wanted.contents}"
            last = path.endswith(part, autoescape=True)
            query = query.where(or_(last, path.contains(f"{part}-", autoescape=True)))
        texts = (after, wanted.search, wanted.genre, wanted.audio_path, wanted.contents)
        return _page(await self._rows(query, *texts), song_of, most)

    async def analysis(self, song_id: str) -> Analysis | None:
        """See `application.ports.library.Library`."""
        rows = await self._rows(select(SongRow.analysis).where(SongRow.id == song_id), song_id)
        if not rows:
            raise SongNotFound
        found: str | None = rows[0].analysis
        return None if found is None else msgspec.json.decode(found, type=Analysis)

    async def keep_analysis(self, song_id: str, analysis: Analysis) -> None:
        """See `application.ports.library.Library`."""
        if not storable(song_id):
            raise SongNotFound
        corrected = SongRow.correction.is_not(None)
        told = {
            "analysis": document(analysis),
            "tempo": case((corrected, SongRow.tempo), else_=analysis.tempo or None),
        }
        if not await self._database.write(
            update(SongRow).where(SongRow.id == song_id).values(**told)
        ):
            raise SongNotFound

    async def correction(self, song_id: str) -> Correction | None:
        """See `application.ports.library.Library`."""
        rows = await self._rows(select(SongRow.correction).where(SongRow.id == song_id), song_id)
        if not rows:
            raise SongNotFound
        found: str | None = rows[0].correction
        return None if found is None else msgspec.json.decode(found, type=Correction)

    async def keep_correction(
        self, song_id: str, correction: Correction, tempo: float | None
    ) -> None:
        """See `application.ports.library.Library`."""
        if not storable(song_id):
            raise SongNotFound
        change = (
            update(SongRow)
            .where(SongRow.id == song_id)
            .values(correction=saying(correction), tempo=tempo)
        )
        if not await self._database.write(change):
            raise SongNotFound

    async def remove_song(self, song_id: str) -> Song:
        """See `application.ports.library.Library`."""
        rows = await self._taken(SongRow, Kind.SONG, song_id)
        if not rows:
            raise SongNotFound
        return song_of(rows[0])

    async def add_move(self, move: Move, embedding: MoveEmbedding | None = None) -> None:
        """See `application.ports.library.Library`."""
        beats = msgspec.json.encode(move.beats).decode() if move.beats else None
        fields = {**storable_fields(move), "beats": beats, "correction": None}
        row = insert(MoveRow).values(**fields, folded_name=move.name.casefold())

        async def work(connection: AsyncConnection) -> None:
            await library_files.claim(connection, move.video_path)
            await connection.execute(row)
            if embedding is not None:
                await write_entry(connection, embedding)

        try:
            await self._database.transact(work)
        except IntegrityError:
            raise MoveTaken from None

    async def move(self, move_id: str) -> Move:
        """See `application.ports.library.Library`."""
        return move_of(await self._move_row(move_id))

    async def move_as_heard(self, move_id: str) -> Move:
        """See `application.ports.library.Library`."""
        return heard_of(await self._move_row(move_id))

    async def correct_move(self, move_id: str, correction: Correction) -> None:
        """See `application.ports.library.Library`."""
        if not storable(move_id):
            raise MoveNotFound
        change = update(MoveRow).where(MoveRow.id == move_id).values(correction=saying(correction))
        if not await self._database.write(change):
            raise MoveNotFound

    async def moves_of(self, move_ids: Sequence[str]) -> tuple[Move, ...]:
        """See `application.ports.library.Library`."""
        wanted = [each for each in dict.fromkeys(move_ids) if storable(each)]
        found: dict[str, Move] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = MoveRow.id.in_(wanted[start : start + _AT_ONCE])
            rows = await self._database.read(select(MoveRow.__table__).where(some))
            found |= {row.id: move_of(row) for row in rows}
        return tuple(found[each] for each in wanted if each in found)

    async def mark_unusable(self, item: Song | Move, reason: str | None) -> bool:
        """See `application.ports.library.Library`."""
        storable_fields(msgspec.structs.replace(item, unusable=reason))
        if isinstance(item, Song):
            table, same = SongRow, (SongRow.id == item.id, SongRow.audio_path == item.audio_path)
        else:
            table, same = MoveRow, (MoveRow.id == item.id, MoveRow.video_path == item.video_path)
        return await self._database.write(update(table).where(*same).values(unusable=reason)) > 0

    async def remove_move(self, move_id: str) -> Move:
        """See `application.ports.library.Library`."""
        rows = await self._taken(MoveRow, Kind.MOVE, move_id)
        if not rows:
            raise MoveNotFound
        return move_of(rows[0])

    async def moves(self, wanted: MoveFilter, after: str | None, most: int) -> Page[Move]:
        """See `application.ports.library.Library`."""
        query = select(MoveRow.__table__).order_by(MoveRow.id).limit(most + 1)
        if after is not None:
            query = query.where(MoveRow.id > after)
        if wanted.search is not None:
            part = wanted.search.casefold()
            query = query.where(MoveRow.folded_name.contains(part, autoescape=True))
        for column, value in (
            (MoveRow.label, wanted.label),
            (MoveRow.difficulty, wanted.difficulty),
            (MoveRow.energy_level, wanted.energy_level),
            (MoveRow.style, wanted.style),
        ):
            if value is not None:
                query = query.where(column == str(value))
        if wanted.usable is not None:
            query = query.where(_usable(MoveRow, wanted.usable))
        return _page(await self._rows(query, after, wanted.search, wanted.label), move_of, most)

    async def removed(
        self, kind: Kind | None = None, item_id: str | None = None
    ) -> tuple[Removed, ...]:
        """See `application.ports.library.Library`."""
        query = select(UnownedFileRow.__table__).where(UnownedFileRow.kind.is_not(None))
        if kind is not None:
            query = query.where(UnownedFileRow.kind == kind)
        if item_id is not None:
            query = query.where(UnownedFileRow.item_id == item_id)
        rows = await self._rows(query, item_id)
        return tuple(sorted(map(library_files.removed, rows), key=lambda each: each.path))

    async def forget_removed(self, path: str) -> None:
        """See `application.ports.library.Library`."""
        same = (UnownedFileRow.path == path, UnownedFileRow.kind.is_not(None))
        await self._database.write(delete(UnownedFileRow).where(*same))

    async def give_up(self, path: str) -> bool:
        """See `application.ports.library.Library`."""
        return await self._database.transact(lambda held: library_files.give_up(held, path))

    async def _taken(
        self, table: type[SongRow] | type[MoveRow], kind: Kind, item_id: str
    ) -> Sequence[Row[Any]]:
        """The row of that id, which is there no longer; none when there was none."""
        if not storable(item_id):
            return ()
        columns = table.__table__.columns
        taken = delete(table).where(table.id == item_id).returning(*columns)

        async def work(connection: AsyncConnection) -> Sequence[Row[Any]]:
            rows = (await connection.execute(taken)).all()
            for row in rows:
                path = row.audio_path if kind is Kind.SONG else row.video_path
                await library_files.release(connection, kind, item_id, path)
            if kind is Kind.MOVE:
                await forget_entry(connection, item_id)
            return rows

        return await self._database.transact(work)

    async def _move_row(self, move_id: str) -> Row[Any]:
        rows = await self._rows(select(MoveRow.__table__).where(MoveRow.id == move_id), move_id)
        if not rows:
            raise MoveNotFound
        return rows[0]

    async def _rows(self, query: Select[Any], *texts: str | None) -> Sequence[Row[Any]]:
        """Rows of a query that asks for ``texts``; none when no row can hold one of them."""
        if not all(text is None or storable(text) for text in texts):
            return ()
        return await self._database.read(query)


def _usable(table: type[SongRow] | type[MoveRow], wanted: bool) -> ColumnElement[bool]:
    return table.unusable.is_(None) if wanted else table.unusable.is_not(None)


def _page(rows: Sequence[Row[Any]], made: Callable[[Row[Any]], T], most: int) -> Page[T]:
    items = tuple(made(row) for row in rows[:most])
    return Page(items=items, last=items[-1].id if len(rows) > most else None)
