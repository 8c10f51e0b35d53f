"""`bachata-buddy song`: analyse songs."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich_click import RichCommand, RichGroup

from application.operations.extras import require_extra
from domain.library.songs import Analysis
from entrypoints.cli.console import clock, plain, printer
from entrypoints.cli.dance_options import in_a_folder
from entrypoints.cli.output_file import new_file
from entrypoints.cli.session import run, session

PICTURES: Final = (".png", ".svg", ".pdf")


@click.group(cls=RichGroup)
def song() -> None:
    """Analyse songs."""


def _picture(context: click.Context, parameter: click.Parameter, file: Path | None) -> Path | None:
    if file is not None and file.suffix.lower() not in PICTURES:
        raise click.BadParameter(f"{str(file)!r} does not end in {', '.join(PICTURES)}.")
    return in_a_folder(context, parameter, file)


@song.command("analyze", cls=RichCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON.")
@click.option(
    "--plot",
    type=click.Path(path_type=Path),
    callback=_picture,
    help=(
        "Draw the analysis to this file: waveform, beats, counts, sections, energy; PNG, SVG or "
        "PDF."
    ),
)
@click.option(
    "--genre",
    help="Genre of the song, such as bolero; the beats are counted as its dancers count them.",
)
def analyze(file: Path, as_json: bool, plot: Path | None, genre: str | None) -> None:
    """Find the tempo, the beats, the eight-counts and the sections of FILE.

    The song need not be in the library.
    """

    async def work() -> None:
        if plot is not None:
            require_extra("plots", "Drawing a song")
        async with session() as opened:
            analysis = await opened.use_cases.analyze_song.file(file, genre)
        if as_json:
            click.echo(msgspec.json.format(msgspec.json.encode(analysis), indent=2))
        else:
            _show(printer(), file.name, analysis)
        if plot is not None:
            _draw(plot, file.name, analysis)

    run(work)


def _draw(plot: Path, name: str, analysis: Analysis) -> None:
    # Import the plotting library on demand, because that takes a second.
    from entrypoints.cli.analysis_plot import draw

    with new_file(plot) as file:
        draw(analysis, name, file, plot.suffix[1:].lower())


def _show(console: Console, name: str, analysis: Analysis) -> None:
    console.print(f"[bold]{plain(name)}[/], {clock(analysis.duration)}", highlight=False)
    if not analysis.ones:
        console.print(
            f"The analysis detected no beats (confidence {analysis.confidence:.2f} of 1).",
            highlight=False,
        )
        return
    console.print(
        f"{analysis.tempo:.1f} BPM{_or_else(analysis)}, confidence {analysis.confidence:.2f} of 1; "
        f"{len(analysis.beats)} beats, {len(analysis.ones)} eight-counts, "
        f"{len(analysis.sections)} sections",
        highlight=False,
    )
    console.print(_sections(analysis))
    console.print(_eights(analysis))


def _or_else(analysis: Analysis) -> str:
    return "" if analysis.other_tempo is None else f" (or {analysis.other_tempo:.1f})"


def _sections(analysis: Analysis) -> Table:
    table = Table(title="Sections", title_justify="left")
    for name in ("section", "from", "to", "energy"):
        table.add_column(name, justify="left" if name == "section" else "right")
    for section in analysis.sections:
        start, end = clock(section.start), clock(section.end)
        table.add_row(plain(section.name), start, end, f"{section.energy:.2f}")
    return table


def _eights(analysis: Analysis) -> Table:
    """Return a table with a line for every eight-count: its "1" and its other beats, in seconds."""
    table = Table(title="Eight-counts", title_justify="left")
    table.add_column("#", justify="right")
    table.add_column("'1'", justify="right")
    table.add_column("beats, in seconds")
    for number, beats in _counted(analysis):
        one = clock(beats[0]) if number else ""
        table.add_row(str(number or ""), one, "  ".join(f"{beat:.2f}" for beat in beats))
    return table


def _counted(analysis: Analysis) -> Iterator[tuple[int, tuple[float, ...]]]:
    """Yield the beats of every eight-count with its number, from 1; 0 before the first "1"."""
    edges = [bisect_left(analysis.beats, one - 1e-6) for one in analysis.ones]
    if edges[0]:
        yield 0, analysis.beats[: edges[0]]
    for number, (start, end) in enumerate(pairwise([*edges, len(analysis.beats)]), 1):
        yield number, analysis.beats[start:end]
