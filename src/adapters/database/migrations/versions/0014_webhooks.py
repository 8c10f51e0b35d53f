"""Add webhooks and their deliveries."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0014"
down_revision = "0013"


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    ids = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", ids, nullable=False),
        sa.Column("url", sa.String()),
        sa.Column("events", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("previous_secret", sa.String()),
        sa.Column("previous_until", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("failing_since", moment),
        sa.Column("disabled_at", moment),
        sa.Column("disabled_reason", sa.String()),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sa.UniqueConstraint("owner", "url", name="uq_webhook_owner_url"),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("tried_at", moment),
        sa.Column("next_try_at", moment),
        sa.Column("leased_until", moment),
        sa.Column("status", sa.Integer()),
        sa.Column("failure", sa.String()),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
    )
    op.create_index(
        "ix_webhook_delivery_state_next_try_at", "webhook_delivery", ["state", "next_try_at"]
    )
    op.create_index("ix_webhook_delivery_webhook_id_id", "webhook_delivery", ["webhook_id", "id"])


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    op.drop_index("ix_webhook_delivery_webhook_id_id", "webhook_delivery")
    op.drop_index("ix_webhook_delivery_state_next_try_at", "webhook_delivery")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
