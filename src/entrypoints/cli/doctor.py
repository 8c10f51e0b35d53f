"""`bachata-buddy doctor`: check an installation."""

import asyncio
import os
import sys

import click
from rich.table import Table
from rich_click import RichCommand

from application.operations.diagnose import Diagnose, Diagnosis, Standing
from entrypoints import logs
from entrypoints.cli.console import plain, printer
from entrypoints.doctor_checks import NEEDS, as_json, checks_of

_COLOURS = {Standing.GOOD: "green", Standing.WARNING: "yellow", Standing.FAILED: "bold red"}


@click.command(cls=RichCommand)
@click.option("--json", "json_wanted", is_flag=True, help="Print the findings as JSON.")
def doctor(json_wanted: bool) -> None:
    """Check this installation; exits with 1 if a check fails.

    It checks versions, FFmpeg and its codecs, database, storage, disks, fonts and voices, and makes
    a film of two seconds in a temporary folder. Every check has a time limit, and nothing is
    changed.
    """
    logs.configure("error", quiet=True)
    status = asyncio.run(_diagnosed(json_wanted))
    raise click.exceptions.Exit(status)


async def _diagnosed(json_wanted: bool) -> int:
    diagnose = Diagnose(checks_of(os.environ), NEEDS)
    diagnosis = await diagnose()
    if json_wanted:
        click.echo(as_json(diagnosis))
    else:
        printer().print(_table(diagnosis))
    status = 0 if diagnosis.well else 1
    if diagnose.hanging:
        # A hanging thread would keep the process alive.
        sys.stdout.flush()
        os._exit(status)
    return status


def _table(diagnosis: Diagnosis) -> Table:
    table = Table(title="Everything works" if diagnosis.well else "Something does not work")
    table.title_justify = "left"
    for name in ("check", "is", "what was found"):
        table.add_column(name, overflow="fold")
    for name, finding in diagnosis.checks.items():
        lines = [finding.detail, *finding.warnings]
        standing = f"[{_COLOURS[finding.standing]}]{finding.standing}[/]"
        table.add_row(name, standing, plain("\n".join(lines)))
    return table
