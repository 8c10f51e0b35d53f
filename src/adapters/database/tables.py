"""The tables: what lists and look-ups ask for in columns, the rest as a JSON document.

Documents are text, not JSONB: JSONB refuses U+0000, which a failure's details may hold and which
must never keep a failure from being recorded, and no query looks inside a document.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import DateTime, Index, MetaData, String, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# The bytewise order of ids is part of a page's contract; Postgres sorts by language unless told.
Id: Final = String().with_variant(String(collation="C"), "postgresql")


class Table(DeclarativeBase):
    """A table of this product's schema; constraints have names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class TaskRow(Table):
    """One assembly; ``version`` grows by one a change."""

    __tablename__ = "task"
    __table_args__ = (Index(None, "owner", "created_at", "task_id"),)

    task_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), index=True)
    owner: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """UTC, for lists; the exact moment is in the document."""
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """UTC, by the database's own clock; that of the machine is in the document."""
    document: Mapped[str] = mapped_column(Text())
    """The `domain.rendering.assembly.Assembly` as JSON."""


class BlueprintRow(Table):
    """The Blueprint of one task."""

    __tablename__ = "blueprint"

    task_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    document: Mapped[str] = mapped_column(Text())
    """The `domain.blueprint.model.Blueprint` as JSON, of the version it was written in."""
    output_path: Mapped[str | None] = mapped_column(index=True)
    """Storage path of the film that is made of it."""


class SongRow(Table):
    """One song, and what is heard in it."""

    __tablename__ = "song"
    __table_args__ = (
        Index(None, "genre", "id"),
        # Songs are listed in the order of their ids: those of another tempo or length are passed
        # over in the index, and nothing is ever sorted.
        Index(None, "id", "tempo", "duration"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    title: Mapped[str]
    artist: Mapped[str]
    audio_path: Mapped[str] = mapped_column(index=True)
    duration: Mapped[float]
    genre: Mapped[str | None]
    tempo: Mapped[float | None]
    folded_title: Mapped[str]
    """Case-folded by Python, so that both databases find the same."""
    folded_artist: Mapped[str]
    analysis: Mapped[str | None] = mapped_column(Text())
    """The `domain.library.songs.Analysis` as JSON, once somebody has listened."""
    correction: Mapped[str | None] = mapped_column(Text())
    """The `domain.library.corrections.Correction` as JSON, once a person has said better."""
    unusable: Mapped[str | None] = mapped_column(Text())
    """Why no film can be made with it."""


class MoveRow(Table):
    """One filmed move."""

    __tablename__ = "move"
    __table_args__ = (
        Index(None, "label", "id"),
        Index(None, "difficulty", "id"),
        Index(None, "energy_level", "id"),
        Index(None, "style", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    label: Mapped[str]
    video_path: Mapped[str] = mapped_column(index=True)
    difficulty: Mapped[str] = mapped_column(String(16))
    energy_level: Mapped[str] = mapped_column(String(16))
    style: Mapped[str] = mapped_column(String(16))
    duration: Mapped[float]
    tempo: Mapped[float]
    first_count: Mapped[float]
    beats: Mapped[str | None] = mapped_column(Text())
    """Seconds to each beat of the clip, as a JSON list."""
    folded_name: Mapped[str]
    """Case-folded by Python, so that both databases find the same."""
    unusable: Mapped[str | None] = mapped_column(Text())
    """Why no film can be made of its clip, once that was tried in vain."""
    confidence: Mapped[float | None]
    """How sure it is where the beats are, 0 to 1; null where nobody has noted it down."""
    correction: Mapped[str | None] = mapped_column(Text())
    """The `domain.library.corrections.Correction` as JSON; what was heard stays in the others."""


class UnownedFileRow(Table):
    """A file that no song or move may lie at any more."""

    __tablename__ = "unowned_file"
    __table_args__ = (Index(None, "kind", "item_id"),)

    path: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str | None] = mapped_column(String(16))
    """What lay there, until the file is deleted; none where nothing ever came to lie there."""
    item_id: Mapped[str | None] = mapped_column(Id)
