"""`bachata-buddy db`: upgrade, downgrade and copy the database."""

import click
from rich_click import RichCommand, RichGroup

from domain.shared.errors import DatabaseAhead
from entrypoints import logs
from entrypoints.bootstrap import copy_database, schema_of, upgrade_queue
from entrypoints.cli.console import talker
from entrypoints.cli.session import run
from entrypoints.environment import from_environment
from entrypoints.settings import Settings


@click.group(cls=RichGroup)
def db() -> None:
    """Upgrade, downgrade, check or copy the database."""


@db.command("upgrade", cls=RichCommand)
@click.option("--to", metavar="REVISION", help="Last revision to apply.  [default: the newest]")
def upgrade(to: str | None) -> None:
    """Upgrade the tables of the database; all rows stay.

    The upgrade is one transaction. Processes of the previous version may continue to run.
    """
    settings = _settings()

    async def work() -> None:
        async with schema_of(settings, make=True) as schema:
            passed = await schema.upgrade(to)
            for revision in passed:
                _say(f"Upgraded to {revision}: {schema.revisions.about(revision)}")
            standing = await schema.standing()
            name = schema.database.name
        _say(f"The {name} is {'now' if passed else 'already'} at revision {standing.found}.")
        if settings.has_workers and to is None:
            is_upgraded = await upgrade_queue(settings)
            _say(f"The tables of PgQueuer are {'now' if is_upgraded else 'already'} up to date.")

    run(work)


@db.command("downgrade", cls=RichCommand)
@click.argument("revision")
@click.option(
    "--discard-everything",
    is_flag=True,
    help="Remove all tables and rows; REVISION must be `base`.",
)
def downgrade(revision: str, discard_everything: bool) -> None:
    """Downgrade the tables to REVISION, for an earlier version of the program.

    Data that only later revisions can store is lost. The downgrade is one transaction.
    """
    settings = _settings()
    if (revision == "base") is not discard_everything:
        raise click.UsageError(
            "`base` removes all rows: give it together with --discard-everything, and only then."
        )

    async def work() -> None:
        async with schema_of(settings, make=False) as schema:
            passed = await schema.downgrade(None if discard_everything else revision)
            for each in passed:
                _say(f"Downgraded from {each}: {schema.revisions.about(each)}")
            current = (await schema.standing()).found
            name = schema.database.name
        where = f"at revision {current}" if current else "without a revision"
        _say(f"The {name} is {'now' if passed else 'already'} {where}.")

    run(work)


@db.command("copy", cls=RichCommand)
@click.argument("url")
def copy(url: str) -> None:
    """Copy all rows of the database at URL to the database of the settings, which has none yet.

    Stop all processes before. The other database stays as it is; media are not copied. The copy is
    one transaction.
    """
    settings = _settings()

    async def work() -> None:
        copied = await copy_database(url, settings)
        for table, rows in copied.items():
            if rows:
                _say(f"{table}: {rows}")
        _say(f"{sum(copied.values())} rows were copied.")

    run(work)


@db.command("check", cls=RichCommand)
def check() -> None:
    """Print the revision of the database; exits with 1 if this program needs another one."""
    settings = _settings()

    async def work() -> None:
        async with schema_of(settings, make=False) as schema:
            standing = await schema.standing()
            name = schema.database.name
            missing = [(each, schema.revisions.about(each)) for each in standing.missing]
        if not standing.known:
            raise DatabaseAhead(
                f"The {name} is at revision {standing.found}, which this version of the program "
                f"does not know; its newest revision is {standing.newest}. Use the version that "
                "upgraded the database."
            )
        if not missing:
            _say(f"The {name} is at revision {standing.found}, the newest.")
            return
        _say(f"The {name} is at revision {standing.found or 'none'}. These are missing:")
        for revision, about in missing:
            _say(f"  {revision}: {about}")
        _say("Run `bachata-buddy db upgrade`.")
        raise click.exceptions.Exit(1)

    run(work)


def _settings() -> Settings:
    settings = from_environment()
    logs.configure(settings.log_level, quiet=True)
    return settings


def _say(words: str) -> None:
    talker().print(words, highlight=False, markup=False, soft_wrap=True)
