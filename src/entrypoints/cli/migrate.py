"""`bachata-buddy migrate-seed`: migrate songs, moves, tasks and Blueprints of
the earlier system.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import Progress
from rich_click import RichCommand

from application.concurrency.threads import FILES
from application.migration.report import PRESENT, Came, MigrationReport, Verified
from application.ports.songs import SongFilter
from domain.blueprint import rules
from domain.legacy.seeds import Model
from domain.shared import paths
from entrypoints.bootstrap import seed_at
from entrypoints.cli.console import bars, talker
from entrypoints.cli.console import say as print_line
from entrypoints.cli.output_file import save
from entrypoints.cli.session import Session, run, session

_NAMES = {
    Model.SONG: "songs",
    Model.MOVE: "moves",
    Model.TASK: "tasks",
    Model.BLUEPRINT: "Blueprints",
}
_MOST = 3
"""Number of sampled songs of the library if the migration brought no songs."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A sample Blueprint and its file, or the reason why there is none."""

    song_id: str
    file: str | None = None
    why: str | None = None


@click.command("migrate-seed", cls=RichCommand)
@click.argument("source", metavar="PATH|DSN")
@click.option(
    "--media",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the songs, clips and films.  [default: where the dump is]",
)
@click.option(
    "--samples",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the sample Blueprints.  [default: samples in the data folder]",
)
@click.option("--dry-run", is_flag=True, help="Report the result without writing anything.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def migrate_seed(
    source: str, media: Path | None, samples: Path | None, dry_run: bool, as_json: bool
) -> None:
    """Migrate the data of the earlier system: a dump, an export, or its database.

    PATH is a fixture of Django's dumpdata, a list of moves, or a folder of them (.json, .json.gz);
    DSN is postgresql://... or sqlite:///... and is only read. Running it again creates no
    duplicates.
    """

    async def work() -> None:
        console = talker()
        with bars(console) as progress:
            async with session(only_looking=dry_run) as opened, seed_at(source) as seed:
                on_progress = _counted(progress)
                report = await opened.use_cases.migrate_seed(
                    seed, on_progress, media=media, dry_run=dry_run
                )
                sample_files = () if dry_run else await _sampled(opened, report, samples)
        if as_json:
            document = msgspec.to_builtins(report) | {"samples": msgspec.to_builtins(sample_files)}
            click.echo(msgspec.json.encode(document).decode())
        else:
            _tell(console, report, sample_files)
        if report.verified is not None and report.verified.faults:
            raise click.exceptions.Exit(1)

    run(work)


async def _sampled(
    opened: Session, report: MigrationReport, folder: Path | None
) -> tuple[Written, ...]:
    """Write a Blueprint for each song; existing files stay unchanged."""
    folder = folder or opened.settings.folder / "samples"
    records = [each for each in report.records if each.model is Model.SONG and each.came in PRESENT]
    songs = list(dict.fromkeys(str(each.id) for each in records))
    if not songs:
        page = await opened.use_cases.list_songs(SongFilter(), None, _MOST)
        songs = [song.id for song in page.items]
    return tuple([await _sample(opened, k, song, folder) for k, song in enumerate(songs)])


async def _sample(opened: Session, number: int, song_id: str, folder: Path) -> Written:
    file = folder / f"{song_id}.json"
    if not await FILES.run(file.exists):
        planned = await opened.use_cases.plan_sample(song_id, number, paths.LOCAL_USER)
        if planned.blueprint is None:
            return Written(song_id=song_id, why=planned.why)
        text = msgspec.json.format(rules.serialised(planned.blueprint), indent=2) + b"\n"
        await FILES.run(lambda: _write(file, text))
    return Written(song_id=song_id, file=str(file))


def _write(file: Path, text: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    save(file, text)


def _tell(console: Console, report: MigrationReport, sample_files: tuple[Written, ...]) -> None:
    def say(words: str) -> None:
        print_line(console, words)

    for each in report.records:
        label = each.key if each.id in (None, each.key) else f"{each.key} as {each.id}"
        say(f"{each.came:<13} {each.model} {label}")
        for note in each.notes:
            say(f"{'':<13} {note}")
    for dropped in report.dropped:
        say(f"{'dropped':<13} {dropped.name} ({dropped.records}): {dropped.why}")
    for name in report.passed_over:
        say(f"{'skipped':<13} {name}")
    for sample in sample_files:
        text = sample.file or f"none for {sample.song_id}: {sample.why}"
        say(f"{'sample':<13} {text}")
    for model in Model:
        counts = [f"{report.count(model, came)} {came}" for came in Came]
        say(f"{_NAMES[model]}: {', '.join(counts)}")
    if report.verified is not None:
        _tell_verified(say, report.verified)
    if report.dry_run:
        say("This was a dry run: nothing was written.")
    elif report.took_nothing:
        say("Nothing was migrated: everything that can be migrated exists already.")


def _tell_verified(say: Callable[[str], None], verified: Verified) -> None:
    for fault in verified.faults:
        say(f"{'wrong':<13} {fault}")
    count = sum(each.found for each in verified.counts)
    expected = sum(each.expected for each in verified.counts)
    norms = verified.norms
    lengths = "" if norms.least is None else f" of length {norms.least:.4f} to {norms.most:.4f}"
    say(
        f"read back: {count} of {expected} records, {norms.rows} embeddings{lengths}, "
        f"{verified.checksums} files with their checksums"
    )


def _counted(progress: Progress) -> Callable[[str, int], Awaitable[None]]:
    bar = progress.add_task("Migrating data", total=None)

    async def on_progress(name: str, done: int) -> None:
        progress.update(bar, completed=done)

    return on_progress
