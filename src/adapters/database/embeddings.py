"""What is known of moves for finding them, as rows."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, LargeBinary, Row, Select, String, Text, delete, func, insert
from sqlalchemy import select as choose
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from adapters.database.engine import Database
from adapters.database.library_rows import storable
from adapters.database.tables import Id, Table
from application.ports.library import Page
from domain.blueprint.model import Difficulty
from domain.library.embeddings import MoveEmbedding, Part, Rows
from domain.library.moves import Energy, Style
from domain.planning.costs import Motion
from domain.shared.errors import InvalidRequest, MoveNotFound
from domain.shared.violations import Violation

_PLAIN = (
    "move_id",
    "move_name",
    "label",
    "video_path",
    "duration",
    "pose_by",
    "audio_by",
    "text_by",
    "tempo",
    "first_count",
    "energy_start",
    "energy_end",
)
"""Fields that are columns as they are."""


class MoveEmbeddingRow(Table):
    """One move's numbers and what is known of its clip."""

    __tablename__ = "move_embedding"

    move_id: Mapped[str] = mapped_column(Id, primary_key=True)
    move_name: Mapped[str]
    label: Mapped[str]
    video_path: Mapped[str]
    difficulty: Mapped[str] = mapped_column(String(16))
    energy_level: Mapped[str] = mapped_column(String(16))
    style: Mapped[str] = mapped_column(String(16))
    duration: Mapped[float]
    pose_embedding: Mapped[bytes | None] = mapped_column(LargeBinary())
    """512 little-endian 32-bit floats."""
    audio_embedding: Mapped[bytes | None] = mapped_column(LargeBinary())
    """128 of them."""
    text_embedding: Mapped[bytes | None] = mapped_column(LargeBinary())
    """384 of them."""
    pose_by: Mapped[str]
    audio_by: Mapped[str]
    text_by: Mapped[str]
    tempo: Mapped[float]
    beats: Mapped[str] = mapped_column(Text())
    """Seconds to each beat, as a JSON list."""
    first_count: Mapped[float]
    energy_start: Mapped[float | None]
    energy_end: Mapped[float | None]
    fingerprint: Mapped[int] = mapped_column(BigInteger(), index=True)
    """Of the whole entry; their sum is the version of the library."""


class MoveEmbeddingVersionRow(Table):
    """The one row that says which entries there are: triggers of the database keep it true."""

    __tablename__ = "move_embedding_version"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entries: Mapped[int] = mapped_column(BigInteger())
    fingerprints: Mapped[int] = mapped_column(BigInteger())
    """The sum of all."""


class SqlMoveEmbeddings:
    """One short transaction a call.

    No text may hold U+0000 or half a surrogate pair, which Postgres cannot store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, entry: MoveEmbedding) -> None:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        await self._database.transact(lambda connection: write_entry(connection, entry))

    async def remove(self, move_id: str) -> None:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        if storable(move_id):
            same = MoveEmbeddingRow.move_id == move_id
            await self._database.write(delete(MoveEmbeddingRow).where(same))

    async def get(self, move_id: str) -> MoveEmbedding:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        table = MoveEmbeddingRow.__table__
        rows = await self._rows(choose(table).where(table.c.move_id == move_id), move_id)
        if not rows:
            raise MoveNotFound
        return _entry(rows[0])

    async def page(self, after: str | None, most: int) -> Page[MoveEmbedding]:
        """See `application.ports.move_embeddings.MoveEmbeddings`."""
        table = MoveEmbeddingRow.__table__
        query = choose(table).order_by(table.c.move_id).limit(most + 1)
        if after is not None:
            query = query.where(table.c.move_id > after)
        rows = await self._rows(query, after)
        items = tuple(_entry(row) for row in rows[:most])
        return Page(items=items, last=items[-1].move_id if len(rows) > most else None)

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
        """Rows of a query that asks for ``text``; none when no row can hold it."""
        if text is not None and not storable(text):
            return ()
        return await self._database.read(query)


async def write_entry(connection: AsyncConnection, entry: MoveEmbedding) -> None:
    """Put an entry in the place of the one of the same id, in somebody's transaction."""
    row = _row(entry)
    if connection.dialect.name == "postgresql":
        # Of two who keep the same id at once both would find nothing to delete.
        key = func.hashtext(entry.move_id)
        await connection.execute(choose(func.pg_advisory_xact_lock(key)))
    await forget_entry(connection, entry.move_id)
    await connection.execute(insert(MoveEmbeddingRow).values(**row))


async def forget_entry(connection: AsyncConnection, move_id: str) -> None:
    """Remove the entry of a move, if there is one, in somebody's transaction."""
    await connection.execute(delete(MoveEmbeddingRow).where(MoveEmbeddingRow.move_id == move_id))


def _row(entry: MoveEmbedding) -> dict[str, Any]:
    fields: dict[str, Any] = {name: getattr(entry, name) for name in _PLAIN}
    wrong = [n for n, text in fields.items() if isinstance(text, str) and not storable(text)]
    if wrong:
        message = "It holds U+0000 or half a surrogate pair, which is no text."
        raise InvalidRequest(tuple(Violation(path=f"$.{name}", message=message) for name in wrong))
    return {
        **fields,
        **{f"{part}_embedding": entry.rows.of(part) for part in Part},
        "difficulty": str(entry.difficulty),
        "energy_level": str(entry.energy_level),
        "style": str(entry.style),
        "beats": msgspec.json.encode(entry.beats).decode(),
        "fingerprint": entry.fingerprint,
    }


def _entry(row: Row[Any]) -> MoveEmbedding:
    return MoveEmbedding(
        **{name: getattr(row, name) for name in _PLAIN},
        rows=Rows(pose=row.pose_embedding, audio=row.audio_embedding, text=row.text_embedding),
        difficulty=Difficulty(row.difficulty),
        energy_level=Energy(row.energy_level),
        style=Style(row.style),
        beats=msgspec.json.decode(row.beats, type=tuple[float, ...]),
    )
