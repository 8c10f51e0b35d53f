"""`bachata-buddy library`: manage songs and moves."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import click
import msgspec
from rich.progress import Progress
from rich_click import RichCommand, RichGroup

from application.library.clip_failures import MISSING
from application.library.unique_ids import id_of
from application.library.upload_move import MoveForm
from application.operations.recovery_report import Owner
from domain.blueprint.model import Difficulty
from domain.importing.move_records import title_of
from domain.library.moves import Energy, Style
from domain.library.songs import Song
from entrypoints.cli.console import bars, say, talker
from entrypoints.cli.corrections import correct_move, correct_song
from entrypoints.cli.session import run, session


@click.group(cls=RichGroup)
def library() -> None:
    """Manage your own songs and moves."""


library.add_command(correct_song)
library.add_command(correct_move)


@library.command("add-song", cls=RichCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", help="Title of the song.  [default: the file's name]")
@click.option("--artist", default="Unknown", show_default=True)
@click.option("--genre", default=None)
def add_song(file: Path, title: str | None, artist: str, genre: str | None) -> None:
    """Add the song FILE to the library; the first dance to it analyses its beats."""

    async def work() -> None:
        name = title or title_of(file.stem)
        song = Song(
            id=id_of(name),
            title=name,
            artist=artist,
            genre=genre,
            audio_path="songs/new",
            duration=1,
        )
        async with session() as opened:
            library_song = await opened.use_cases.take_song.with_title(file, song)
        say(talker(), f"Added the song {library_song.id!r}: {library_song.duration:.1f} s.")

    run(work)


@library.command("add-move", cls=RichCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--tempo", type=float, help="Tempo of the dance in BPM; by default detected in the clip."
)
@click.option(
    "--first-count", type=float, help="Seconds to the first '1'; by default detected in the clip."
)
@click.option("--name", help="Name of the move.  [default: the file's name]")
@click.option("--label", default="basic", show_default=True, help="Figure that the move shows.")
@click.option(
    "--difficulty", type=click.Choice([each.value for each in Difficulty]), default="intermediate"
)
@click.option(
    "--energy",
    type=click.Choice([each.value for each in Energy]),
    help="Energy of the move; by default detected in the clip.",
)
@click.option("--style", type=click.Choice([each.value for each in Style]), default="romantic")
def add_move(
    file: Path,
    tempo: float | None,
    first_count: float | None,
    name: str | None,
    label: str,
    difficulty: str,
    energy: str | None,
    style: str,
) -> None:
    """Add the filmed move FILE to the library."""

    async def work() -> None:
        form = MoveForm(
            name=name or title_of(file.stem),
            label=label,
            difficulty=Difficulty(difficulty),
            energy_level=None if energy is None else Energy(energy),
            style=Style(style),
            tempo=tempo,
            first_count=first_count,
        )
        async with session() as opened:
            library_move = await opened.use_cases.upload_move(file, form, own=True)
        console = talker()
        say(console, f"Added the move {library_move.id!r}: {library_move.duration:.1f} s.")
        for note in library_move.notes:
            say(console, f"  {note.field}: {note.message}")

    run(work)


@library.command("import", cls=RichCommand)
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--ready", is_flag=True, help="Make every clip ready for films, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_moves(path: Path, ready: bool, as_json: bool) -> None:
    """Import the moves of PATH: a folder of clips, a list (JSON or CSV), or one clip.

    The names of folders become labels. Existing moves stay unchanged.
    """

    async def work() -> None:
        console = talker()
        with bars(console) as progress:
            on_progress = _counted(progress, "Importing moves")
            async with session() as opened:
                report = await opened.use_cases.import_library(path, on_progress, ready=ready)
        if as_json:
            click.echo(msgspec.json.encode(report).decode())
            return
        for move in report.moves:
            say(console, f"{move.outcome:<10} {move.id}")
            for note in move.notes:
                say(console, f"           {note.field}: {note.message}")
        for name in report.passed_over:
            say(console, f"skipped: {name} is not a list of moves")

    run(work)


@library.command("check", cls=RichCommand)
def check() -> None:
    """Verify every move against its clip and its data; exits with 1 if there are problems.

    It also lists songs and films whose files are missing.
    """

    async def work() -> None:
        with bars(talker()) as progress:
            on_progress = _counted(progress, "Checking moves")
            async with session() as opened:
                marked = await opened.use_cases.recover_storage.mark()
                findings = await opened.use_cases.check_library(on_progress)
        faults = [f"{each.move_id}: {each.field}: {each.message}" for each in findings]
        # The check has reported the moves already.
        others = [each for each in marked.unfound if each.owner is not Owner.MOVE]
        faults += [f"{each.owner} {each.id}: file: {MISSING} ({each.path})" for each in others]
        _report(faults, "right")

    run(work)


def _report(faults: Sequence[str], well: str) -> None:
    """Print problems, one per line, and exit with status 1; without problems, print ``well``."""
    console = talker()
    for fault in faults:
        say(console, fault)
    if faults:
        raise click.exceptions.Exit(1)
    say(console, f"Everything is {well}.")


def _counted(progress: Progress, words: str) -> Callable[[str, int, int], Awaitable[None]]:
    bar = progress.add_task(words, total=None)

    async def on_progress(name: str, done: int, of: int) -> None:
        progress.update(bar, total=of, completed=done)

    return on_progress
