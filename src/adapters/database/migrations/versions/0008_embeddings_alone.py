"""Remove the columns of embeddings that repeat the fields of their moves."""

from typing import Any, Final

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0008"
down_revision = "0007"

_KEPT_TWICE: Final[dict[str, tuple[str, sa.types.TypeEngine[Any]]]] = {
    "move_name": ("name", sa.String()),
    "label": ("label", sa.String()),
    "video_path": ("video_path", sa.String()),
    "difficulty": ("difficulty", sa.String(16)),
    "energy_level": ("energy_level", sa.String(16)),
    "style": ("style", sa.String(16)),
    "duration": ("duration", sa.Float()),
    "tempo": ("tempo", sa.Float()),
    "beats": ("coalesce(beats, '[]')", sa.Text()),
    "first_count": ("first_count", sa.Float()),
}
"""The removed columns, which the moves contain too, and their types."""


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    op.execute(
        "DELETE FROM move_embedding WHERE NOT EXISTS "
        "(SELECT 1 FROM move WHERE move.id = move_embedding.move_id)"
    )
    for name in _KEPT_TWICE:
        op.drop_column("move_embedding", name)


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    for name, (_, kind) in _KEPT_TWICE.items():
        default = "0" if isinstance(kind, sa.Float) else ""
        column = sa.Column(name, kind, nullable=False, server_default=default)
        op.add_column("move_embedding", column)
    for name, (source, _) in _KEPT_TWICE.items():
        of_the_move = f"SELECT {source} FROM move WHERE id = move_id"  # noqa: S608 - fixed words
        op.execute(f"UPDATE move_embedding SET {name} = ({of_the_move})")  # noqa: S608
