"""Add scripts and their videos."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0017"
down_revision = "0016"


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    bytewise = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.create_table(
        "script",
        sa.Column("script_id", sa.Uuid(), nullable=False),
        sa.Column("owner", bytewise, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("script_id", name="pk_script"),
    )
    op.create_index("ix_script_owner", "script", ["owner"])
    op.create_table(
        "narrated_video",
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("video_id", name="pk_narrated_video"),
    )


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    op.drop_table("narrated_video")
    op.drop_table("script")
