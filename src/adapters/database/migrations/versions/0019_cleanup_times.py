"""Add the times of cleanups."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0019"
down_revision = "0018"


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    op.create_table(
        "cleanup_time",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("cleaned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_cleanup_time"),
    )


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    op.drop_table("cleanup_time")
