"""Add the counts of stored files."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0018"
down_revision = "0017"


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    bytewise = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.create_table(
        "stored_file",
        sa.Column("path", bytewise, nullable=False),
        sa.Column("owner", bytewise, nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_stored_file"),
    )
    op.create_index(
        "ix_stored_file_owner_settled_size", "stored_file", ["owner", "settled", "size"]
    )


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    op.drop_table("stored_file")
