"""`bachata-buddy storage`: show, clean up and verify the stored files."""

import click
import msgspec
from rich.table import Table
from rich_click import RichCommand, RichGroup

from application.operations.clean_up_storage import Cleanup
from application.operations.verify_storage import StorageFault, StorageReport
from application.storage.read_usage import StorageUsage
from domain.storage.cleanup import Policy
from domain.storage.kinds import StorageKind
from entrypoints.cli.console import printer, say, talker
from entrypoints.cli.exit_codes import NOT_RIGHT
from entrypoints.cli.session import run, session

_KINDS = click.Choice([each.value for each in StorageKind])


@click.group(cls=RichGroup)
def storage() -> None:
    """Show, clean up and verify the stored files."""


@storage.command("usage", cls=RichCommand)
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def usage(as_json: bool) -> None:
    """Show the bytes and the files of each kind, and the space of the disk."""

    async def work() -> None:
        async with session(only_looking=True) as opened:
            stored = await opened.use_cases.read_storage_usage()
        if as_json:
            click.echo(msgspec.json.encode(stored).decode())
        else:
            printer().print(_table(stored))
            if stored.disk is not None:
                free, total = _size(stored.disk.free_bytes), _size(stored.disk.total_bytes)
                say(talker(), f"The disk of the data folder has {free} of {total} free.")

    run(work)


@storage.command("cleanup", cls=RichCommand)
@click.option("--dry-run", is_flag=True, help="Delete nothing; show what would be deleted.")
@click.option(
    "--kind",
    "kinds",
    type=_KINDS,
    multiple=True,
    help="Kind of files; may be given several times.  [default: all]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def cleanup(dry_run: bool, kinds: tuple[str, ...], as_json: bool) -> None:
    """Delete files that nothing needs and that are beyond the limits of their kinds.

    The service does the same every hour. Exits with 1 if a file could not be deleted, or if so many
    files have no record that none of them was.
    """
    chosen = tuple(map(StorageKind, dict.fromkeys(kinds))) or tuple(StorageKind)

    async def work() -> None:
        async with session(only_looking=dry_run) as opened:
            report = await opened.use_cases.clean_up_storage(chosen, dry_run=dry_run)
        if as_json:
            click.echo(msgspec.json.encode(report).decode())
        else:
            _show_cleanup(report)
        if report.failed or report.held_back:
            raise click.exceptions.Exit(NOT_RIGHT)

    run(work)


@storage.command("verify", cls=RichCommand)
@click.option("--fix", is_flag=True, help="Repair what can be repaired.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify(fix: bool, as_json: bool) -> None:
    """Compare the stored files with the records; exits with 1 if a fault is left.

    With --fix, files without records are deleted, songs, moves and films without files are marked,
    and media assets without files are forgotten. Files of wrong sizes are only reported.
    """

    async def work() -> None:
        async with session(only_looking=not fix) as opened:
            report = await opened.use_cases.verify_storage(fix=fix)
        if as_json:
            click.echo(msgspec.json.encode(report).decode())
        else:
            _show_report(report)
        if not report.is_right:
            raise click.exceptions.Exit(NOT_RIGHT)

    run(work)


def _table(stored: StorageUsage) -> Table:
    table = Table()
    for name in ("kind", "files", "size", "limits", "last cleanup"):
        table.add_column(name, justify="right" if name in ("files", "size") else "left")
    for each in stored.kinds:
        time = "-" if each.last_cleanup is None else f"{each.last_cleanup:%Y-%m-%d %H:%M}"
        limits = "-" if each.policy is None else _limits(each.kind, each.policy)
        table.add_row(each.kind, f"{each.files:,}", _size(each.bytes), limits, time)
    table.add_row("all", f"{stored.files:,}", _size(stored.bytes), "", "")
    return table


def _limits(kind: StorageKind, policy: Policy) -> str:
    limits = [
        *([f"{policy.max_age_days} days"] if policy.max_age_days is not None else []),
        *([f"{policy.max_size_mb:,} MB"] if policy.max_size_mb is not None else []),
    ]
    if kind is StorageKind.VIDEOS and policy.preserve_completed_videos:
        return "preserved"
    return ", ".join(limits) or "-"


def _size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"


def _show_cleanup(report: Cleanup) -> None:
    console = talker()
    went = "would go" if report.dry_run else "removed"
    for file in report.files:
        say(console, f"{went}: {file.path}, {file.size:,} bytes, {file.reason}")
    for each in report.failed:
        say(console, f"failed: {each.item}: {each.message} The next cleanup tries it again.")
    _say_held_back(report.held_back)
    say(console, f"{len(report.files)} files {went}, {report.bytes:,} bytes.")


def _show_report(report: StorageReport) -> None:
    console = talker()
    for each in report.faults:
        say(console, _line(each))
    for each in report.failed:
        say(console, f"failed: {each.item}: {each.message}")
    _say_held_back(report.held_back)
    left = sum(not each.repaired for each in report.faults)
    say(
        console,
        f"{report.files:,} files compared; {len(report.faults)} faults, {left} of them left.",
    )


def _line(fault: StorageFault) -> str:
    parts = [fault.fault.replace("_", " "), fault.path]
    if fault.item is not None:
        parts.append(f"of the {fault.item}")
    if fault.expected_size is not None and fault.size is not None:
        parts.append(f"{fault.size:,} bytes instead of {fault.expected_size:,}")
    elif fault.size is not None:
        parts.append(f"{fault.size:,} bytes")
    text = f"{parts[0]}: {', '.join(parts[1:])}"
    return f"repaired: {text}" if fault.repaired else text


def _say_held_back(held_back: tuple[str, ...]) -> None:
    if held_back:
        say(
            talker(),
            f"{len(held_back)} files or records belong to nothing, more than belong to something, "
            "so none of them was deleted. Check that this is the right database and storage.",
        )
