"""The schema's revisions: where a database stands among them, and the way from one to another."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, column, func, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError

from domain.shared.errors import DatabaseAhead, MigrationFailed

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

FOLDER: Final = Path(__file__).with_name("migrations")

PREPARING: Final = 0x62616368617461
"""Number of the Postgres lock under which the tables are brought up to date ("bachata")."""

_RECORD: Final = table("alembic_version", column("version_num"))
"""Where alembic writes a database's revision down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a database stands."""

    found: str | None
    """Its revision; None for one without tables, or of the time before revisions."""
    newest: str
    missing: tuple[str, ...] = ()
    """Revisions it has not seen yet, in their order."""
    known: bool = True
    """Whether its revision is one of ours; that of a later version is not."""


class Revisions:
    """A line of revisions, each a file `0001_name.py` with `upgrade(op)` and `downgrade(op)`.

    `op` is an argument and no global: several databases may be brought up to date in one process.
    Everything happens in the transaction of the connection that is given. Alembic is loaded for a
    move, and not for finding that there is none to make.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        """List the files of the folder's `versions`."""
        self._folder = folder
        files = (folder / "versions").glob("[0-9]*.py")
        self.ids = tuple(sorted(file.name.split("_")[0] for file in files))
        """All of them, the first first."""

    def about(self, revision: str) -> str:
        """What a revision brings, in a sentence."""
        return self._scripts.get_revision(revision).doc

    def standing(self, connection: Connection) -> Standing:
        """Say where the database stands."""
        found: str | None = None
        if inspect(connection).has_table(_RECORD.name):
            found = connection.execute(select(_RECORD.c.version_num)).scalar_one_or_none()
        known = found is None or found in self.ids
        missing = self.ids[self._height(found) :] if known else ()
        return Standing(found=found, newest=self.ids[-1], missing=missing, known=known)

    def go(self, connection: Connection, to: str | None, *, up: bool) -> tuple[str, ...]:
        """Go up, or down, to a revision, None for before the first; return those passed.

        There are none where it is there already, or beyond. Raises `DatabaseAhead` and
        `MigrationFailed`; the transaction is to be undone then.
        """
        if connection.dialect.name == "postgresql":
            # SQLite needs no lock of its own: its writing transactions follow one another.
            connection.execute(select(func.pg_advisory_xact_lock(PREPARING)))
        standing = self.standing(connection)
        if not standing.known:
            raise DatabaseAhead(
                f"The database is at revision {standing.found}, which this version of the program "
                f"does not know: its newest is {standing.newest}."
            )
        here, there = self._height(standing.found), self._height(to)
        passed = self.ids[here:there] if up else self.ids[there:here][::-1]
        for each in passed:
            self._step(connection, each, up=up)
        return passed

    @cached_property
    def _scripts(self) -> "ScriptDirectory":
        from alembic.script import ScriptDirectory

        return ScriptDirectory(self._folder)

    def _height(self, revision: str | None) -> int:
        """How many revisions there are up to this one."""
        return 0 if revision is None else self.ids.index(revision) + 1

    def _step(self, connection: Connection, revision: str, *, up: bool) -> None:
        from alembic.migration import MigrationContext
        from alembic.operations import Operations

        context = MigrationContext.configure(connection)
        module = self._scripts.get_revision(revision).module
        below = ("base", *self.ids)[self.ids.index(revision)]
        try:
            (module.upgrade if up else module.downgrade)(Operations(context))
            context.stamp(self._scripts, revision if up else below)
        except SQLAlchemyError as error:
            way = "up to" if up else "down from"
            raise MigrationFailed(
                f"The database could not go {way} revision {revision}; it is as it was.",
                details=_said(error),
            ) from error


def _said(error: SQLAlchemyError) -> str:
    """What the database said, without the statement."""
    return str(getattr(error, "orig", None) or type(error).__name__)
