"""Write a revision that brings the newest tables on record to those of the code.

    python scripts/new_revision.py "Songs have a mood"

The file is a draft: read it, mend what the tables alone cannot tell (a renamed column, rows to be
changed), and run `pytest tests/contracts/test_schema.py`, which goes up, down and up again on both
databases.
"""

import importlib
import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine

from adapters.database.revisions import FOLDER, Revisions
from adapters.database.tables import Table

OPTIONS = {"sqlalchemy_module_prefix": "sa.", "alembic_module_prefix": "op."}


def new_revision(message: str, folder: Path, wanted: MetaData) -> Path:
    """Write it into the folder's `versions`; ``wanted`` are the tables it leads to."""
    revisions = Revisions(folder)
    with tempfile.TemporaryDirectory() as made:
        engine = create_engine(f"sqlite:///{made}/newest.db")
        with engine.begin() as connection:
            revisions.go(connection, revisions.ids[-1], up=True)
            context = MigrationContext.configure(connection, opts=OPTIONS)
            steps = produce_migrations(context, wanted)
        engine.dispose()
    up, down = steps.upgrade_ops, steps.downgrade_ops
    if up is None or down is None or up.is_empty():
        raise SystemExit("The tables of the code are those of the newest revision.")
    written = ScriptDirectory(folder).generate_revision(
        f"{int(revisions.ids[-1]) + 1:04}",
        message.rstrip("."),
        upgrades=render_python_code(up, migration_context=context),
        downgrades=render_python_code(down, migration_context=context),
        imports="",
    )
    if written is None:
        raise SystemExit("No file was written.")
    return Path(written.path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    # It imports every module that declares tables.
    importlib.import_module("entrypoints.bootstrap")
    print(new_revision(sys.argv[1], FOLDER, Table.metadata))
