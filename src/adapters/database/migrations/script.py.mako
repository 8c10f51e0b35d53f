"""${message}."""

import sqlalchemy as sa
from alembic.operations import Operations
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade(op: Operations) -> None:
    """Go up."""
    ${upgrades if upgrades else "raise NotImplementedError"}


def downgrade(op: Operations) -> None:
    """Go down."""
    ${downgrades if downgrades else "raise NotImplementedError"}
