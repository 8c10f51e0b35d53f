"""Add media assets."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0016"
down_revision = "0015"


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    bytewise = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.create_table(
        "media_asset",
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("owner", bytewise, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("place", bytewise, nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("asset_id", name="pk_media_asset"),
    )
    op.create_index("ix_media_asset_owner_place", "media_asset", ["owner", "place"], unique=True)
    op.create_index("ix_media_asset_path", "media_asset", ["path"])


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    op.drop_table("media_asset")
