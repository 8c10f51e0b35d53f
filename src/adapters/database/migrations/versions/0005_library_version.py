"""Store the version of the embeddings instead of computing it for every search."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0005"
down_revision = "0004"

_CHANGES = {
    "INSERT": "entries = entries + 1, fingerprints = fingerprints + NEW.fingerprint",
    "DELETE": "entries = entries - 1, fingerprints = fingerprints - OLD.fingerprint",
    "UPDATE": "fingerprints = fingerprints - OLD.fingerprint + NEW.fingerprint",
}
"""The effect of each change of an entry on the count and on the sum of fingerprints.

The database applies it in the transaction of the change, whichever program makes it.
"""


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    op.create_table(
        "move_embedding_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("fingerprints", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_move_embedding_version"),
    )
    op.execute(
        "INSERT INTO move_embedding_version (id, entries, fingerprints) "
        "SELECT 1, count(*), coalesce(sum(fingerprint), 0) FROM move_embedding"
    )
    for event, change in _CHANGES.items():
        name = f"move_embedding_version_{event.lower()}"
        update = f"UPDATE move_embedding_version SET {change};"  # noqa: S608 - no text of others
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {update} RETURN NULL; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON move_embedding "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
        else:
            op.execute(f"CREATE TRIGGER {name} AFTER {event} ON move_embedding BEGIN {update} END")


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    for event in _CHANGES:
        name = f"move_embedding_version_{event.lower()}"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON move_embedding")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("move_embedding_version")
