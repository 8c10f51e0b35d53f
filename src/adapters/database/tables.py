"""The tables: searched and listed fields are columns, the rest is a JSON document.

Documents are text, not JSONB: JSONB refuses U+0000, which a failure's details may contain and which
must not prevent recording the failure, and no query searches inside a document.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, MetaData, String, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Pages require bytewise order of ids; Postgres sorts by language by default.
Id: Final = String().with_variant(String(collation="C"), "postgresql")


class Table(DeclarativeBase):
    """A table of this schema; constraints have names that migrations can rely on."""

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
    """One assembly; each change increments ``version``."""

    __tablename__ = "task"
    __table_args__ = (Index(None, "owner", "created_at", "task_id"),)

    task_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), index=True)
    owner: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """UTC, for lists; the document contains the exact time."""
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """UTC, by the database's clock; the document contains the machine's time."""
    document: Mapped[str] = mapped_column(Text())
    """The `domain.rendering.assembly.Assembly` as JSON."""


class JobRow(Table):
    """One job; each change of the document increments ``version``."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "state", "priority", "created_at", "job_id"),)

    job_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str | None] = mapped_column(String(32))
    """None in rows of earlier versions, which only know films."""
    priority: Mapped[int]
    owner: Mapped[str] = mapped_column(Id)
    wanted: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """UTC, by the database's clock, as the other times."""
    renewed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """Time of the last claim or renewal of the lease."""
    attended_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """Time at which somebody was last known to wait for it."""
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    document: Mapped[str] = mapped_column(Text())
    """The `domain.jobs.job.Job` as JSON."""
    parent_id: Mapped[UUID | None] = mapped_column(Uuid(), index=True)
    """The divided job that it is a part of."""
    name: Mapped[str | None] = mapped_column(String(200), index=True)
    """Name of the work that no second job needs to do."""
    payload: Mapped[str] = mapped_column(Text())
    """The request as JSON."""


class IdempotencyKeyRow(Table):
    """One `Idempotency-Key` of a caller."""

    __tablename__ = "idempotency_key"

    owner: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(Id, primary_key=True)
    fingerprint: Mapped[str]
    """Digest of the route and the body of the request."""
    job_id: Mapped[UUID] = mapped_column(Uuid())
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class BlueprintRow(Table):
    """The Blueprint of one task."""

    __tablename__ = "blueprint"

    task_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    document: Mapped[str] = mapped_column(Text())
    """The `domain.blueprint.model.Blueprint` as JSON, in its original version."""
    output_path: Mapped[str | None] = mapped_column(index=True)
    """Storage path of its film."""


class ScriptRow(Table):
    """One script."""

    __tablename__ = "script"

    script_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    owner: Mapped[str] = mapped_column(Id, index=True)
    document: Mapped[str] = mapped_column(Text())
    """The `domain.scripts.script.Script` as JSON."""


class NarratedVideoRow(Table):
    """Facts about the video of a script, besides its task."""

    __tablename__ = "narrated_video"

    video_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    document: Mapped[str] = mapped_column(Text())
    """The `domain.scripts.narrated_video.NarratedVideo` as JSON."""


class MediaAssetRow(Table):
    """One picture, recording or music of a caller."""

    __tablename__ = "media_asset"
    __table_args__ = (Index(None, "owner", "place", unique=True),)

    asset_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    owner: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(16))
    place: Mapped[str] = mapped_column(Id)
    """The place in lists: its kind and its name."""
    path: Mapped[str] = mapped_column(index=True)
    document: Mapped[str] = mapped_column(Text())
    """The `domain.storage.assets.MediaAsset` as JSON."""


class SongRow(Table):
    """One song, and its analysis."""

    __tablename__ = "song"
    __table_args__ = (
        Index(None, "genre", "id"),
        # Songs are listed in the order of their ids; the index filters by tempo and duration
        # without sorting.
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
    """The `domain.library.songs.Analysis` as JSON, if the song is analysed."""
    correction: Mapped[str | None] = mapped_column(Text())
    """The `domain.library.corrections.Correction` as JSON, if a user has corrected the analysis."""
    unusable: Mapped[str | None] = mapped_column(Text())
    """Reason why no film can be made with it."""


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
    """Reason why no film can be made of its clip, after a failed attempt."""
    confidence: Mapped[float | None]
    """Confidence in the beats, 0 to 1; null if no analysis recorded it."""
    beats_from: Mapped[str | None] = mapped_column(Id)
    """Id of the move that lent the beats, because its clip has the same recording."""
    correction: Mapped[str | None] = mapped_column(Text())
    """The `domain.library.corrections.Correction` as JSON; the other columns stay uncorrected."""


class UnownedFileRow(Table):
    """A file that no song or move may use any more."""

    __tablename__ = "unowned_file"
    __table_args__ = (Index(None, "kind", "item_id"),)

    path: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str | None] = mapped_column(String(16))
    """Kind of its former owner, until the file is deleted; none if it never had one."""
    item_id: Mapped[str | None] = mapped_column(Id)


class JobEventRow(Table):
    """One event of a job; only Postgres, which passes them on between processes, has rows."""

    __tablename__ = "job_event"

    job_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger(), primary_key=True, autoincrement=False)
    told_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    """UTC, by the database's clock."""
    document: Mapped[str] = mapped_column(Text())
    """The `application.ports.job_events.JobEvent` as JSON."""


class UserRow(Table):
    """One user."""

    __tablename__ = "user_account"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(Id, unique=True)
    """Case-folded by Python, so that both databases find the same."""
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None]
    disabled: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """UTC, by the database's clock, as all times of accounts."""


class LoginRow(Table):
    """One log-in, with the digest of its only valid refresh token."""

    __tablename__ = "login"

    id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, index=True)
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked: Mapped[bool]


class ApiKeyRow(Table):
    """One API key."""

    __tablename__ = "api_key"

    id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, index=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the key, in hexadecimal digits."""
    scopes: Mapped[str]
    """Separated by spaces."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AttemptRow(Table):
    """The attempts of one key in its window of time."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of what is counted, in hexadecimal digits."""
    number: Mapped[int]
    began_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class SigningKeyRow(Table):
    """One secret that signs access tokens."""

    __tablename__ = "signing_key"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    secret: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    retires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
