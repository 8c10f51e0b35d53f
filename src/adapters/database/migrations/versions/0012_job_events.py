"""Add the events of jobs, by which processes tell one another of progress."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0012"
down_revision = "0011"


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    op.create_table(
        "job_event",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "id", name="pk_job_event"),
    )
    op.create_index("ix_job_event_told_at", "job_event", ["told_at"])


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    op.drop_table("job_event")
