"""The schema's revisions: the revision of a database, and upgrades between revisions."""

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
"""Number of the Postgres lock that protects upgrades ("bachata")."""

_RECORD: Final = table("alembic_version", column("version_num"))
"""The table in which alembic stores a database's revision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The revision of a database."""

    found: str | None
    """Its revision; None for one without tables, or from before the introduction of revisions."""
    newest: str
    missing: tuple[str, ...] = ()
    """Missing revisions, in order."""
    known: bool = True
    """True if its revision is known; that of a later version is not."""


class Revisions:
    """A sequence of revisions, each a file `0001_name.py` with `upgrade(op)` and `downgrade(op)`.

    `op` is an argument, not a global, because one process may upgrade several databases. Everything
    happens in the transaction of the given connection. Alembic is imported only if there is
    something to upgrade.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        """List the files of the folder's `versions`."""
        self._folder = folder
        files = (folder / "versions").glob("[0-9]*.py")
        self.ids = tuple(sorted(file.name.split("_")[0] for file in files))
        """Ids of all revisions, in order."""

    def about(self, revision: str) -> str:
        """Return the description of a revision."""
        return self._scripts.get_revision(revision).doc

    def standing(self, connection: Connection) -> Standing:
        """Return the revision of the database."""
        found: str | None = None
        if inspect(connection).has_table(_RECORD.name):
            found = connection.execute(select(_RECORD.c.version_num)).scalar_one_or_none()
        known = found is None or found in self.ids
        missing = self.ids[self._height(found) :] if known else ()
        return Standing(found=found, newest=self.ids[-1], missing=missing, known=known)

    def go(self, connection: Connection, to: str | None, *, up: bool) -> tuple[str, ...]:
        """Upgrade or downgrade to a revision, None for before the first; return the applied
        revisions.

        The result is empty if the database is already there, or beyond. Raises `DatabaseAhead` and
        `MigrationFailed`, after which the caller must roll back.
        """
        if connection.dialect.name == "postgresql":
            # SQLite needs no lock, because it has one writer at a time.
            connection.execute(select(func.pg_advisory_xact_lock(PREPARING)))
        standing = self.standing(connection)
        if not standing.known:
            raise DatabaseAhead(
                f"The database is at revision {standing.found}, which this version of the program "
                f"does not know; its newest revision is {standing.newest}. Use the version that "
                "upgraded the database."
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
        """Return the number of revisions up to this one."""
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
    """Return the database's message, without the statement."""
    return str(getattr(error, "orig", None) or type(error).__name__)
