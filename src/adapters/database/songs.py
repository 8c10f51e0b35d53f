"""Store songs as rows."""

from typing import Final

import msgspec
from sqlalchemy import case, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import file_owners
from adapters.database.engine import Database
from adapters.database.library_queries import page_of, rows_of, take, usable
from adapters.database.library_rows import document, saying, song_of, storable, storable_fields
from adapters.database.tables import SongRow
from application.ports.library_files import Kind
from application.ports.pagination import Page
from application.ports.songs import SongFilter
from domain.library.corrections import Correction
from domain.library.songs import Analysis, Song
from domain.shared.errors import SongNotFound, SongTaken

_SONG: Final = tuple(SongRow.__table__.columns[name] for name in Song.__struct_fields__)
"""The columns of a `Song`; the analysis is long, and only `analysis` reads it."""


class SqlSongRepository:
    """Each call is one short transaction.

    No text may contain U+0000 or a lone surrogate, which Postgres cannot store: adding such a text
    raises `InvalidRequest`, searching for one finds nothing.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, song: Song, analysis: Analysis | None = None) -> None:
        """See `application.ports.songs.SongRepository`."""
        row = insert(SongRow).values(
            **storable_fields(song),
            folded_title=song.title.casefold(),
            folded_artist=song.artist.casefold(),
            analysis=None if analysis is None else document(analysis),
        )

        async def work(connection: AsyncConnection) -> None:
            await file_owners.claim(connection, song.audio_path)
            await connection.execute(row)

        try:
            await self._database.transact(work)
        except IntegrityError:
            raise SongTaken from None

    async def find(self, song_id: str) -> Song | None:
        """See `application.ports.songs.SongRepository`."""
        rows = await rows_of(self._database, select(*_SONG).where(SongRow.id == song_id), song_id)
        return song_of(rows[0]) if rows else None

    async def get(self, song_id: str) -> Song:
        """See `application.ports.songs.SongRepository`."""
        song = await self.find(song_id)
        if song is None:
            raise SongNotFound
        return song

    async def page(self, filters: SongFilter, after: str | None, most: int) -> Page[Song]:
        """See `application.ports.songs.SongRepository`."""
        query = select(*_SONG).order_by(SongRow.id).limit(most + 1)
        if after is not None:
            query = query.where(SongRow.id > after)
        if filters.search is not None:
            part = filters.search.casefold()
            query = query.where(
                or_(
                    SongRow.folded_title.contains(part, autoescape=True),
                    SongRow.folded_artist.contains(part, autoescape=True),
                )
            )
        if filters.genre is not None:
            query = query.where(SongRow.genre == filters.genre)
        for column, least, greatest in (
            (SongRow.tempo, filters.slowest, filters.fastest),
            (SongRow.duration, filters.shortest, filters.longest),
        ):
            if least is not None:
                query = query.where(column >= least)
            if greatest is not None:
                query = query.where(column <= greatest)
        if filters.usable is not None:
            query = query.where(usable(SongRow, filters.usable))
        if filters.audio_path is not None:
            query = query.where(SongRow.audio_path == filters.audio_path)
        if filters.contents is not None:
            path, part = SongRow.audio_path, f"-{filters.contents}"
            last = path.endswith(part, autoescape=True)
            query = query.where(or_(last, path.contains(f"{part}-", autoescape=True)))
        texts = (after, filters.search, filters.genre, filters.audio_path, filters.contents)
        return page_of(await rows_of(self._database, query, *texts), song_of, most)

    async def analysis(self, song_id: str) -> Analysis | None:
        """See `application.ports.songs.SongRepository`."""
        rows = await rows_of(
            self._database, select(SongRow.analysis).where(SongRow.id == song_id), song_id
        )
        if not rows:
            raise SongNotFound
        found: str | None = rows[0].analysis
        return None if found is None else msgspec.json.decode(found, type=Analysis)

    async def keep_analysis(self, song_id: str, analysis: Analysis) -> None:
        """See `application.ports.songs.SongRepository`."""
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
        """See `application.ports.songs.SongRepository`."""
        rows = await rows_of(
            self._database, select(SongRow.correction).where(SongRow.id == song_id), song_id
        )
        if not rows:
            raise SongNotFound
        found: str | None = rows[0].correction
        return None if found is None else msgspec.json.decode(found, type=Correction)

    async def keep_correction(
        self, song_id: str, correction: Correction, tempo: float | None
    ) -> None:
        """See `application.ports.songs.SongRepository`."""
        if not storable(song_id):
            raise SongNotFound
        change = (
            update(SongRow)
            .where(SongRow.id == song_id)
            .values(correction=saying(correction), tempo=tempo)
        )
        if not await self._database.write(change):
            raise SongNotFound

    async def mark_unusable(self, song: Song, reason: str | None) -> bool:
        """See `application.ports.songs.SongRepository`."""
        storable_fields(msgspec.structs.replace(song, unusable=reason))
        same = (SongRow.id == song.id, SongRow.audio_path == song.audio_path)
        change = update(SongRow).where(*same).values(unusable=reason)
        return await self._database.write(change) > 0

    async def remove(self, song_id: str) -> Song:
        """See `application.ports.songs.SongRepository`."""
        rows = await take(self._database, SongRow, Kind.SONG, song_id)
        if not rows:
            raise SongNotFound
        return song_of(rows[0])
