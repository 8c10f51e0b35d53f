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
from entrypoints.cli.output_file import written
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
            heard = await opened.use_cases.analyze_song.file(file, genre)
        if as_json:
            click.echo(msgspec.json.format(msgspec.json.encode(heard), indent=2))
        else:
            _show(printer(), file.name, heard)
        if plot is not None:
            _draw(plot, file.name, heard)

    run(work)


def _draw(plot: Path, name: str, heard: Analysis) -> None:
    # Import the plotting library on demand, because that takes a second.
    from entrypoints.cli.analysis_plot import draw

    with written(plot) as file:
        draw(heard, name, file, plot.suffix[1:].lower())


def _show(console: Console, name: str, heard: Analysis) -> None:
    console.print(f"[bold]{plain(name)}[/], {clock(heard.duration)}", highlight=False)
    if not heard.ones:
        console.print(
            f"The analysis detected no beats (confidence {heard.confidence:.2f} of 1).",
            highlight=False,
        )
        return
    console.print(
        f"{heard.tempo:.1f} BPM{_or_else(heard)}, confidence {heard.confidence:.2f} of 1; "
        f"{len(heard.beats)} beats, {len(heard.ones)} eight-counts, "
        f"{len(heard.sections)} sections",
        highlight=False,
    )
    console.print(_sections(heard))
    console.print(_eights(heard))


def _or_else(heard: Analysis) -> str:
    return "" if heard.other_tempo is None else f" (or {heard.other_tempo:.1f})"


def _sections(heard: Analysis) -> Table:
    table = Table(title="Sections", title_justify="left")
    for name in ("section", "from", "to", "energy"):
        table.add_column(name, justify="left" if name == "section" else "right")
    for section in heard.sections:
        start, end = clock(section.start), clock(section.end)
        table.add_row(plain(section.name), start, end, f"{section.energy:.2f}")
    return table


def _eights(heard: Analysis) -> Table:
    """Return a table with a line for every eight-count: its "1" and its other beats, in seconds."""
    table = Table(title="Eight-counts", title_justify="left")
    table.add_column("#", justify="right")
    table.add_column("'1'", justify="right")
    table.add_column("beats, in seconds")
    for number, beats in _counted(heard):
        one = clock(beats[0]) if number else ""
        table.add_row(str(number or ""), one, "  ".join(f"{beat:.2f}" for beat in beats))
    return table


def _counted(heard: Analysis) -> Iterator[tuple[int, tuple[float, ...]]]:
    """Yield the beats of every eight-count with its number, from 1; 0 before the first "1"."""
    edges = [bisect_left(heard.beats, one - 1e-6) for one in heard.ones]
    if edges[0]:
        yield 0, heard.beats[: edges[0]]
    for number, (start, end) in enumerate(pairwise([*edges, len(heard.beats)]), 1):
        yield number, heard.beats[start:end]
