"""Add the reason why a move's clip is unusable."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0003"
down_revision = "0002"


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    op.add_column("move", sa.Column("unusable", sa.Text()))


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    op.drop_column("move", "unusable")
