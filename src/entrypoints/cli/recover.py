"""`bachata-buddy recover`: delete orphaned files, and mark items without files."""

import click
import msgspec
from rich_click import RichCommand

from application.operations.recovery_report import Recovery
from entrypoints.cli.console import say, talker
from entrypoints.cli.session import run, session


@click.command(cls=RichCommand)
@click.option(
    "--force",
    is_flag=True,
    help="Delete library files without an owner even when they outnumber the others.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def recover(force: bool, as_json: bool) -> None:
    """Delete files that have had no owner for an hour, and mark items whose files are missing.

    The service does the same every hour.
    """

    async def work() -> None:
        async with session() as opened:
            recovery = await opened.use_cases.recover_storage(force=force)
        if as_json:
            click.echo(msgspec.json.encode(recovery).decode())
        else:
            _show(recovery)

    run(work)


def _show(recovery: Recovery) -> None:
    console = talker()
    for file in recovery.removed:
        say(console, f"removed: {file.path}, {file.size:,} bytes")
    for each in recovery.failed:
        say(console, f"failed: {each.item}: {each.message} The next recovery tries it again.")
    for each in recovery.unfound:
        say(console, f"unusable: the file of the {each.owner} {each.id} is missing: {each.path}")
    if recovery.held_back:
        say(
            console,
            f"{len(recovery.held_back)} library files have no owner, more than have one, so none "
            "was deleted. Check that this is the right database; --force deletes them.",
        )
    say(
        console,
        f"{len(recovery.removed)} files removed, {recovery.size:,} bytes; "
        f"{len(recovery.unfound)} items without their files, {recovery.found_again} found again.",
    )
