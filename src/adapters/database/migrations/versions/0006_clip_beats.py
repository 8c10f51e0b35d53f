"""Add the confidence in a clip's beats, and a user's correction of them."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0006"
down_revision = "0005"


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    op.add_column("move", sa.Column("confidence", sa.Float()))
    op.add_column("move", sa.Column("correction", sa.Text()))


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    op.drop_column("move", "correction")
    op.drop_column("move", "confidence")
