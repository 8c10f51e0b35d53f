"""Add the tables of jobs and of idempotency keys."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0011"
down_revision = "0010"

_ID = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_TIME = sa.DateTime(timezone=True)

SCHEMA = sa.MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
)
JOB = sa.Table(
    "job",
    SCHEMA,
    sa.Column("job_id", sa.Uuid(), primary_key=True),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("priority", sa.Integer(), nullable=False),
    sa.Column("owner", _ID, nullable=False),
    sa.Column("wanted", sa.Boolean(), nullable=False),
    sa.Column("created_at", _TIME, nullable=False),
    sa.Column("renewed_at", _TIME, nullable=False),
    sa.Column("attended_at", _TIME, nullable=False),
    sa.Column("changed_at", _TIME, nullable=False),
    sa.Column("document", sa.Text(), nullable=False),
    sa.Column("payload", sa.Text(), nullable=False),
    sa.Index(None, "state", "priority", "created_at", "job_id"),
)
KEY = sa.Table(
    "idempotency_key",
    SCHEMA,
    sa.Column("owner", _ID, primary_key=True),
    sa.Column("key", _ID, primary_key=True),
    sa.Column("fingerprint", sa.String(), nullable=False),
    sa.Column("job_id", sa.Uuid(), nullable=False),
    sa.Column("created_at", _TIME, nullable=False, index=True),
)


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    SCHEMA.create_all(op.get_bind())


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    SCHEMA.drop_all(op.get_bind())
