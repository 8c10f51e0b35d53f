"""Output of the commands for users."""

import io
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from application.ports.progress import Report
from domain.blueprint.model import Blueprint
from domain.rendering.assembly import State
from domain.shared.errors import BachataError, InvalidRequest
from domain.shared.result_warnings import ResultWarning

STAGES: Final[Mapping[str, str]] = {
    State.PLANNING: "Planning the dance",
    State.FETCHING: "Fetching song and clips",
    State.CONCATENATING: "Cutting the moves",
    State.ADDING_AUDIO: "Adding the sound",
    State.UPLOADING: "Storing the film",
    State.CLEANUP: "Cleaning up",
}
"""Names of the stages in which films are made."""

_WIDE: Final = 140
"""Columns of a table that goes to a file or a pipe."""


def write_any_text() -> None:
    """Make sure that undecodable file names, and letters missing in the
    terminal, end no command.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            unicode = stream.encoding.lower().startswith("utf")
            stream.reconfigure(errors="surrogateescape" if unicode else "backslashreplace")


def talker() -> Console:
    """Return the console for messages: stderr, so that results can be piped."""
    return Console(stderr=True, emoji=False)


def printer() -> Console:
    """Return the console for a table that is the result: stdout."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, emoji=False)


def show_warnings(console: Console, warnings: Sequence[ResultWarning]) -> None:
    """Print warnings: how the result differs from the request."""
    for each in warnings:
        console.print(f"[yellow]Note:[/] {plain(each.message)}", highlight=False)


def bars(console: Console) -> Progress:
    """Return progress bars, each with a count and the elapsed time."""
    return Progress(
        TextColumn("{task.description:<24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


class StageBars:
    """A progress bar for every stage of making a film."""

    def __init__(self, progress: Progress) -> None:
        """Take the bars to add to; the caller shows and hides them."""
        self._progress = progress
        self._stage: State | None = None
        self._bar: TaskID | None = None

    async def tell(self, report: Report) -> None:
        """See `application.ports.progress.Progress`."""
        if report.stage is not self._stage:
            self._finish()
            self._stage = report.stage
            if (words := STAGES.get(report.stage)) is not None:
                self._bar = self._progress.add_task(words, total=max(report.of, 1))
        if self._bar is not None and report.of:
            self._progress.update(self._bar, total=report.of, completed=report.done)

    def _finish(self) -> None:
        if self._bar is not None:
            total = self._progress.tasks[self._progress.task_ids.index(self._bar)].total
            self._progress.update(self._bar, completed=total)
        self._bar = None


def moves_table(blueprint: Blueprint, names: dict[str, str]) -> Table:
    """Return a table of the moves of a film with their times."""
    table = Table(title="The choreography", title_justify="left")
    for name in ("#", "move", "from", "to", "speed"):
        table.add_column(name, justify="left" if name == "move" else "right")
    for number, move in enumerate(blueprint.moves, 1):
        name = plain(names.get(move.clip_id or "", move.video_path))
        end = move.start_time + move.duration
        speed = f"{move.playback_rate:.3f}"
        table.add_row(str(number), name, clock(move.start_time), clock(end), speed)
    return table


def clock(seconds: float) -> str:
    """Return minutes, seconds and hundredths, such as 1:03.25."""
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes}:{rest / 100:05.2f}"


def show_error(error: BachataError) -> None:
    """Print an error with its violations and details."""
    console = talker()
    console.print(f"[bold red]Error:[/] {plain(str(error))}", highlight=False)
    if isinstance(error, InvalidRequest):
        for each in error.violations:
            line = f"  [bold]{plain(each.path)}[/]: {plain(each.message)}"
            console.print(line, highlight=False)
    elif error.details:
        say(console, error.details)


def plain(text: str) -> str:
    """Escape the brackets of a text, so that none of it is markup in any context."""
    text = text.encode(errors="replace").decode()
    doubled = re.sub(r"\\+(?=\[|\Z)", lambda match: 2 * match[0], text)
    return doubled.replace("[", r"\[")


def say(console: Console, words: str) -> None:
    """Print a line unchanged, because names and reasons from files may look like markup."""
    text = words.encode(errors="replace").decode()
    console.print(text, highlight=False, markup=False, soft_wrap=True)
