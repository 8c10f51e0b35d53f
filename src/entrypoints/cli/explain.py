"""`bachata-buddy explain`: explain a dance."""

from pathlib import Path
from typing import Final
from uuid import UUID

import click
import msgspec
from rich.table import Table
from rich_click import RichCommand

from application.planning.explain import ExplainedMove, Explanation
from domain.blueprint import rules
from domain.blueprint.model import Blueprint
from domain.planning.metrics import Quality
from domain.shared import paths
from entrypoints.cli.console import clock, plain, printer, show_warnings
from entrypoints.cli.input_file import document_in
from entrypoints.cli.session import Session, run, session

_STDIN: Final = "-"
_LEAST_COST: Final = 0.005
"""Costs below this are not shown."""


@click.command(cls=RichCommand)
@click.argument("blueprint")
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON.")
def explain(blueprint: str, as_json: bool) -> None:
    """Explain why each move of BLUEPRINT was chosen, with alternatives and quality measures.

    BLUEPRINT is a JSON file, `-` for the standard input, or the id of a task.
    """
    source = _document(blueprint)

    async def work() -> None:
        async with session() as opened:
            explanation = await opened.use_cases.explain_blueprint(await _read(opened, source))
        if as_json:
            text = msgspec.json.format(msgspec.json.encode(explanation), indent=2)
            click.echo(text)
        else:
            _show(explanation)

    run(work)


def _document(name: str) -> bytes | UUID:
    """Return the content of a file, or the id of a task."""
    if name == _STDIN:
        return document_in(None)
    if "\0" not in name and _is_file(Path(name)):
        return document_in(Path(name))
    try:
        return UUID(name)
    except ValueError:
        raise click.BadParameter(f"There is no file and no task {name!r}.") from None


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:
        # No disk can have a file of this name.
        return False


async def _read(opened: Session, source: bytes | UUID) -> Blueprint:
    if isinstance(source, UUID):
        return await opened.use_cases.read_blueprint(source, paths.LOCAL_USER)
    return rules.parse(source)


def _show(explanation: Explanation) -> None:
    console = printer()
    song = explanation.song
    title = f"{song.title} by {song.artist}" if song else "A song that is not in the library"
    table = Table(title=plain(title), title_justify="left", show_lines=True)
    for name in ("8-count", "time", "move", "rate"):
        words = name == "move"
        table.add_column(name, justify="left" if words else "right", no_wrap=not words)
    for name in ("cost", "alternatives"):
        table.add_column(name, ratio=1)
    for move in explanation.moves:
        table.add_row(
            "" if move.position is None else str(move.position),
            clock(move.start_time),
            plain(move.name),
            f"{move.playback_rate:.3f}",
            *_reason(move),
        )
    console.print(table)
    show_warnings(console, explanation.warnings)
    if explanation.quality is not None:
        console.print(_quality(explanation.quality))


def _reason(move: ExplainedMove) -> tuple[str, str]:
    """Return the costs of a move, the largest first, and its alternatives."""
    if move.cost is None:
        return "no reason is recorded", ""
    parts = sorted(move.costs.items(), key=lambda part: -part[1])
    costs = ", ".join(f"{name} {cost:.2f}" for name, cost in parts if cost >= _LEAST_COST)
    others = ", ".join(f"{each.name} {each.cost:.2f}" for each in move.alternatives)
    return plain(f"{move.cost:.2f}: {costs}" if costs else f"{move.cost:.2f}"), plain(others)


def _quality(quality: Quality) -> Table:
    """Return a table of the measures, with descriptions."""
    r = quality.energy_correlation
    rows = (
        ("distance of cuts from the nearest '1'", f"{quality.cut_error_median:.1f} ms median"),
        ("", f"{quality.cut_error_worst:.1f} ms maximum"),
        ("distance of steps from the nearest beat", f"{quality.step_error_median:.1f} ms median"),
        ("", f"{100 * quality.steps_on_the_beat:.1f} % within 50 ms"),
        ("correlation of energy", "constant" if r is None else f"r = {r:.2f}"),
        ("continuity", f"{quality.continuity:.2f}"),
        ("repeated within four moves", f"{100 * quality.repeated:.0f} % of the moves"),
        ("coverage", f"{100 * quality.coverage:.0f} % of the library"),
        ("harder than requested", f"{100 * quality.too_hard:.0f} % of the moves"),
    )
    table = Table(title="Quality", title_justify="left", show_header=False)
    for row in rows:
        table.add_row(*row)
    return table
