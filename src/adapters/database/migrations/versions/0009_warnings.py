"""Give codes to the warnings of tasks; those on record get the code `uncoded`."""

import json
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0009"
down_revision = "0008"

_TASK = sa.table("task", sa.column("task_id"), sa.column("document"))


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    _rewrite(op, "degradations", _with_codes)


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    _rewrite(op, "warnings", _without_codes)


def _rewrite(op: Operations, name: str, change: Any) -> None:  # noqa: ANN401
    connection = op.get_bind()
    rows = connection.execute(sa.select(_TASK).where(_TASK.c.document.contains(f'"{name}"'))).all()
    for task_id, text in rows:
        document = json.loads(text)
        if name in document:
            change(document)
            written = json.dumps(document, separators=(",", ":"))
            same = _TASK.c.task_id == task_id
            connection.execute(_TASK.update().where(same).values(document=written))


def _with_codes(document: dict[str, Any]) -> None:
    messages = document.pop("degradations")
    document["warnings"] = [{"code": "uncoded", "message": each} for each in messages]


def _without_codes(document: dict[str, Any]) -> None:
    document["degradations"] = [each["message"] for each in document.pop("warnings")]
