"""The files of videos that commands write."""

from pathlib import Path
from uuid import UUID

import click
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from entrypoints.cli.console import talker
from entrypoints.cli.output_file import copy_out, save
from entrypoints.cli.session import Session

force_option = click.option("--force", is_flag=True, help="Replace files that exist.")


def require_free(*files: Path, force: bool) -> None:
    """Refuse to replace a file before the work begins; a pipe or a device is written to."""
    for file in files:
        if file.is_dir():
            raise click.UsageError(f"{str(file)!r} is a folder.")
        if file.is_file() and not force:
            raise click.UsageError(f"{str(file)!r} exists; --force replaces it.")


async def save_film(opened: Session, path: str, file: Path, *, force: bool) -> None:
    """Copy a film out of the storage, with a bar; raises as `copy_out`."""
    bars = Progress(
        TextColumn("{task.description:<24}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=talker(),
    )
    with bars:
        bar = bars.add_task("Saving the film", total=None)

        def on_written(done: int, of: int) -> None:
            bars.update(bar, total=of, completed=done)

        await copy_out(opened.storage, path, file, replace=force, on_written=on_written)


async def save_captions(
    opened: Session, video_id: UUID, owner: str, file: Path, *, force: bool
) -> None:
    """Write the captions as WebVTT; raises `VideoNotFound` if the video has none."""
    text = await opened.use_cases.read_captions(video_id, owner)
    save(file, text.encode(), replace=force)
