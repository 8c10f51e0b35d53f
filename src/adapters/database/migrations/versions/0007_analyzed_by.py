"""Rename `heard_by` to `analyzed_by` in the analyses of songs."""

from alembic.operations import Operations

revision = "0007"
down_revision = "0006"


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    _rename(op, "heard_by", "analyzed_by")


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    _rename(op, "analyzed_by", "heard_by")


def _rename(op: Operations, before: str, after: str) -> None:
    """Rename a field of the documents; a quote in a text is escaped, so it never matches."""
    op.execute(
        f"UPDATE song SET analysis = replace(analysis, '\"{before}\":', '\"{after}\":') "  # noqa: S608
        f"WHERE analysis LIKE '%\"{before}\":%'"
    )
