"""Index the paths of library files and films, and add a table of files without an owner."""

import json
from typing import Any, cast

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0004"
down_revision = "0003"

_MANY = 500
"""Number of Blueprints in memory at a time."""


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    op.create_table(
        "unowned_file",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("kind", sa.String(16)),
        sa.Column("item_id", sa.String().with_variant(sa.String(collation="C"), "postgresql")),
        sa.PrimaryKeyConstraint("path", name="pk_unowned_file"),
    )
    op.create_index("ix_unowned_file_kind_item_id", "unowned_file", ["kind", "item_id"])
    op.create_index("ix_song_audio_path", "song", ["audio_path"])
    op.create_index("ix_move_video_path", "move", ["video_path"])
    op.add_column("song", sa.Column("unusable", sa.Text()))
    op.add_column("blueprint", sa.Column("output_path", sa.String()))
    _fill(op.get_bind())
    op.create_index("ix_blueprint_output_path", "blueprint", ["output_path"])


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    op.drop_index("ix_blueprint_output_path", "blueprint")
    op.drop_column("blueprint", "output_path")
    op.drop_column("song", "unusable")
    op.drop_index("ix_move_video_path", "move")
    op.drop_index("ix_song_audio_path", "song")
    op.drop_table("unowned_file")


def _fill(connection: sa.Connection) -> None:
    """Fill the new column from the documents."""
    table = sa.table(
        "blueprint",
        sa.column("task_id", sa.Uuid()),
        sa.column("document", sa.Text()),
        sa.column("output_path", sa.String()),
    )
    page = sa.select(table.c.task_id, table.c.document).order_by(table.c.task_id).limit(_MANY)
    rows = connection.execute(page).all()
    while rows:
        for task_id, document in rows:
            change = table.update().where(table.c.task_id == task_id)
            connection.execute(change.values(output_path=_output_path(json.loads(document))))
        rows = connection.execute(page.where(table.c.task_id > rows[-1].task_id)).all()


def _output_path(document: dict[str, Any]) -> str | None:
    """Return the path of a Blueprint's film, for any version."""
    output = document.get("output_config", document.get("video_output"))
    if isinstance(output, dict):
        named = cast(dict[str, object], output)
        output = named.get("output_path", named.get("path"))
    if not isinstance(output, str) or any(c == "\0" or "\ud800" <= c <= "\udfff" for c in output):
        # No film, and no column, can have such a path.
        return None
    return output
