"""Add users, log-ins, API keys, counts of attempts, and the keys that sign tokens."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0013"
down_revision = "0012"


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    ids = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "user_account",
        sa.Column("id", ids, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded_name", ids, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String()),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.UniqueConstraint("folded_name", name="uq_user_account_folded_name"),
    )
    op.create_table(
        "login",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", ids, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login"),
    )
    op.create_index("ix_login_user_id", "login", ["user_id"])
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", ids, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment),
        sa.Column("revoked_at", moment),
        sa.Column("last_used_at", moment),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("digest", name="uq_api_key_digest"),
    )
    op.create_index("ix_api_key_user_id", "api_key", ["user_id"])
    op.create_table(
        "attempt",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_attempt"),
    )
    op.create_index("ix_attempt_began_at", "attempt", ["began_at"])
    op.create_table(
        "signing_key",
        sa.Column("id", ids, nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("retires_at", moment),
        sa.PrimaryKeyConstraint("id", name="pk_signing_key"),
    )


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    op.drop_table("signing_key")
    op.drop_index("ix_attempt_began_at", "attempt")
    op.drop_table("attempt")
    op.drop_index("ix_api_key_user_id", "api_key")
    op.drop_table("api_key")
    op.drop_index("ix_login_user_id", "login")
    op.drop_table("login")
    op.drop_table("user_account")
