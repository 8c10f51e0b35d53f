"""Add the id of the move whose clip lent its beats to another clip with the same recording."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0010"
down_revision = "0009"


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    ids = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.add_column("move", sa.Column("beats_from", ids))


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    op.drop_column("move", "beats_from")
