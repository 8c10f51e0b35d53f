"""Add the kinds, the parents and the names of jobs."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0015"
down_revision = "0014"


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    op.add_column("job", sa.Column("kind", sa.String(32)))
    op.add_column("job", sa.Column("parent_id", sa.Uuid()))
    op.add_column("job", sa.Column("name", sa.String(200)))
    op.create_index("ix_job_parent_id", "job", ["parent_id"])
    op.create_index("ix_job_name", "job", ["name"])


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision, whose workers know only films."""
    op.execute(sa.text("DELETE FROM job WHERE priority <> 0"))
    op.drop_index("ix_job_name", "job")
    op.drop_index("ix_job_parent_id", "job")
    for name in ("name", "parent_id", "kind"):
        op.drop_column("job", name)
