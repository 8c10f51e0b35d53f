"""Embeddings of moves as rows."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, LargeBinary, Row, Select, delete, exists, insert
from sqlalchemy import select as choose
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from adapters.database.engine import Database
from adapters.database.library_rows import move_of, storable, uncorrected_move_of
from adapters.database.tables import Id, MoveRow, Table
from application.ports.pagination import Page
from domain.library.embeddings import EmbeddedMove, MoveEmbedding, Part, Rows
from domain.library.moves import Move
from domain.planning.costs import Motion
from domain.shared.errors import InvalidRequest, MoveNotFound
from domain.shared.violations import Violation

_PLAIN: Final = ("pose_by", "audio_by", "text_by", "energy_start", "energy_end")
"""Fields that are stored unchanged in columns."""


class MoveEmbeddingRow(Table):
    """The vectors of one move."""

    __tablename__ = "move_embedding"

    move_id: Mapped[str] = mapped_column(Id, primary_key=True)
    pose_embedding: Mapped[bytes | None] = mapped_column(LargeBinary())
    """512 little-endian 32-bit floats."""
    audio_embedding: Mapped[bytes | None] = mapped_column(LargeBinary())
    """128 little-endian 32-bit floats."""
    text_embedding: Mapped[bytes | None] = mapped_column(LargeBinary())
    """384 little-endian 32-bit floats."""
    pose_by: Mapped[str]
    audio_by: Mapped[str]
    text_by: Mapped[str]
    energy_start: Mapped[float | None]
    energy_end: Mapped[float | None]
    fingerprint: Mapped[int] = mapped_column(BigInteger(), index=True)
    """See `EmbeddedMove.fingerprint`; the sum of all is part of the library's version."""


class MoveEmbeddingVersionRow(Table):
    """The only row that identifies the set of entries; database triggers update it."""

    __tablename__ = "move_embedding_version"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entries: Mapped[int] = mapped_column(BigInteger())
    fingerprints: Mapped[int] = mapped_column(BigInteger())
    """The sum of all fingerprints."""


_COLUMNS: Final = tuple(MoveEmbeddingRow.__table__.columns)


class SqlMoveEmbeddings:
    """Each call is one short transaction.

    No text may contain U+0000 or a lone surrogate, which Postgres cannot store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, embedding: MoveEmbedding, clip: str | None = None) -> None:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        move_id = embedding.move_id
        if not storable(move_id):
            raise MoveNotFound
        # Concurrent replacements and removals of the same embedding wait for each other.
        query = choose(MoveRow.__table__).where(MoveRow.id == move_id).with_for_update()
        if clip is not None:
            query = query.where(MoveRow.video_path == clip)

        async def work(connection: AsyncConnection) -> bool:
            row = (await connection.execute(query)).one_or_none()
            if row is not None:
                await write_embedding(connection, uncorrected_move_of(row), embedding)
            return row is not None

        if not await self._database.transact(work):
            raise MoveNotFound

    async def find(self, move_id: str) -> MoveEmbedding | None:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        table = MoveEmbeddingRow.__table__
        rows = await self._rows(choose(table).where(table.c.move_id == move_id), move_id)
        return _embedding(rows[0]) if rows else None

    async def page(self, after: str | None, most: int) -> Page[EmbeddedMove]:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        same = MoveEmbeddingRow.move_id == MoveRow.id
        query = (
            choose(MoveRow.__table__, *_COLUMNS)
            .join_from(MoveEmbeddingRow, MoveRow, same)
            .order_by(MoveEmbeddingRow.move_id)
            .limit(most + 1)
        )
        if after is not None:
            query = query.where(MoveEmbeddingRow.move_id > after)
        rows = await self._rows(query, after)
        items = tuple(
            EmbeddedMove(move=uncorrected_move_of(row), embedding=_embedding(row))
            for row in rows[:most]
        )
        return Page(items=items, last=items[-1].move.id if len(rows) > most else None)

    async def lacking(self, after: str | None, most: int) -> Page[Move]:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        has_one = exists().where(MoveEmbeddingRow.move_id == MoveRow.id)
        query = choose(MoveRow.__table__).where(~has_one).order_by(MoveRow.id).limit(most + 1)
        if after is not None:
            query = query.where(MoveRow.id > after)
        rows = await self._rows(query, after)
        items = tuple(map(move_of, rows[:most]))
        return Page(items=items, last=items[-1].id if len(rows) > most else None)

    async def motion(self) -> Motion:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        table = MoveEmbeddingRow.__table__
        start, end = table.c.energy_start, table.c.energy_end
        watched = choose(table.c.move_id, start, end).where(start.is_not(None), end.is_not(None))
        return {
            row.move_id: (row.energy_start, row.energy_end)
            for row in await self._database.read(watched)
        }

    async def version(self) -> str:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        table = MoveEmbeddingVersionRow
        entries, fingerprints = (
            await self._database.read(choose(table.entries, table.fingerprints))
        )[0]
        return f"{entries}-{fingerprints}"

    async def _rows(self, query: Select[Any], text: str | None) -> Sequence[Row[Any]]:
        """Return the rows of a query for ``text``; none if no row can contain it."""
        if text is not None and not storable(text):
            return ()
        return await self._database.read(query)


async def write_embedding(
    connection: AsyncConnection, move: Move, embedding: MoveEmbedding
) -> None:
    """Replace the embedding of a move, in the caller's transaction."""
    await forget_embedding(connection, move.id)
    row = _row(EmbeddedMove(move=move, embedding=embedding))
    await connection.execute(insert(MoveEmbeddingRow).values(**row))


async def forget_embedding(connection: AsyncConnection, move_id: str) -> None:
    """Remove the embedding of a move, if there is one, in the caller's transaction."""
    await connection.execute(delete(MoveEmbeddingRow).where(MoveEmbeddingRow.move_id == move_id))


def _row(embedded: EmbeddedMove) -> dict[str, Any]:
    embedding = embedded.embedding
    fields: dict[str, Any] = {name: getattr(embedding, name) for name in _PLAIN}
    wrong = [n for n, text in fields.items() if isinstance(text, str) and not storable(text)]
    if wrong:
        message = "The text contains U+0000 or an unpaired surrogate; remove it."
        raise InvalidRequest(tuple(Violation(path=f"$.{name}", message=message) for name in wrong))
    return {
        **fields,
        **{f"{part}_embedding": embedding.rows.of(part) for part in Part},
        "move_id": embedded.move.id,
        "fingerprint": embedded.fingerprint,
    }


def _embedding(row: Row[Any]) -> MoveEmbedding:
    return MoveEmbedding(
        move_id=row.move_id,
        **{name: getattr(row, name) for name in _PLAIN},
        rows=Rows(pose=row.pose_embedding, audio=row.audio_embedding, text=row.text_embedding),
    )
