"""Create the tables of tasks, Blueprints, songs, moves and embeddings."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0001"
down_revision = None

_ID = sa.String().with_variant(sa.String(collation="C"), "postgresql")

SCHEMA = sa.MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
)
TASK = sa.Table(
    "task",
    SCHEMA,
    sa.Column("task_id", sa.Uuid(), primary_key=True),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("owner", _ID, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("document", sa.Text(), nullable=False),
    sa.Index(None, "owner", "created_at", "task_id"),
)
BLUEPRINT = sa.Table(
    "blueprint",
    SCHEMA,
    sa.Column("task_id", sa.Uuid(), primary_key=True),
    sa.Column("document", sa.Text(), nullable=False),
)
SONG = sa.Table(
    "song",
    SCHEMA,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("title", sa.String(), nullable=False),
    sa.Column("artist", sa.String(), nullable=False),
    sa.Column("audio_path", sa.String(), nullable=False),
    sa.Column("duration", sa.Float(), nullable=False),
    sa.Column("genre", sa.String(), index=True),
    sa.Column("tempo", sa.Float()),
    sa.Column("folded_title", sa.String(), nullable=False),
    sa.Column("folded_artist", sa.String(), nullable=False),
    sa.Column("analysis", sa.Text()),
    sa.Column("correction", sa.Text()),
)
MOVE = sa.Table(
    "move",
    SCHEMA,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("name", sa.String(), nullable=False),
    sa.Column("label", sa.String(), nullable=False),
    sa.Column("video_path", sa.String(), nullable=False),
    sa.Column("difficulty", sa.String(16), nullable=False),
    sa.Column("energy_level", sa.String(16), nullable=False),
    sa.Column("style", sa.String(16), nullable=False),
    sa.Column("duration", sa.Float(), nullable=False),
    sa.Column("tempo", sa.Float(), nullable=False),
    sa.Column("first_count", sa.Float(), nullable=False),
    sa.Column("beats", sa.Text()),
    sa.Column("folded_name", sa.String(), nullable=False),
    sa.Index(None, "label", "id"),
    sa.Index(None, "difficulty", "id"),
    sa.Index(None, "energy_level", "id"),
    sa.Index(None, "style", "id"),
)
MOVE_EMBEDDING = sa.Table(
    "move_embedding",
    SCHEMA,
    sa.Column("move_id", _ID, primary_key=True),
    sa.Column("move_name", sa.String(), nullable=False),
    sa.Column("label", sa.String(), nullable=False),
    sa.Column("video_path", sa.String(), nullable=False),
    sa.Column("difficulty", sa.String(16), nullable=False),
    sa.Column("energy_level", sa.String(16), nullable=False),
    sa.Column("style", sa.String(16), nullable=False),
    sa.Column("duration", sa.Float(), nullable=False),
    sa.Column("pose_embedding", sa.LargeBinary()),
    sa.Column("audio_embedding", sa.LargeBinary()),
    sa.Column("text_embedding", sa.LargeBinary()),
    sa.Column("pose_by", sa.String(), nullable=False),
    sa.Column("audio_by", sa.String(), nullable=False),
    sa.Column("text_by", sa.String(), nullable=False),
    sa.Column("tempo", sa.Float(), nullable=False),
    sa.Column("beats", sa.Text(), nullable=False),
    sa.Column("first_count", sa.Float(), nullable=False),
    sa.Column("energy_start", sa.Float()),
    sa.Column("energy_end", sa.Float()),
    sa.Column("fingerprint", sa.BigInteger(), nullable=False, index=True),
)


def upgrade(op: Operations) -> None:
    """Create missing tables and columns.

    A database from before the introduction of revisions has some of the tables, with some of the
    columns.
    """
    bind = op.get_bind()
    SCHEMA.create_all(bind)
    found = sa.inspect(bind)
    for table in SCHEMA.sorted_tables:
        there = {column["name"] for column in found.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                # Only nullable columns were added after their tables.
                op.add_column(table.name, sa.Column(column.name, column.type))
        for index in table.indexes:
            index.create(bind, checkfirst=True)


def downgrade(op: Operations) -> None:
    """Drop all tables."""
    SCHEMA.drop_all(op.get_bind())
