"""`bachata-buddy videos`: list, show, download and delete videos of both kinds."""

import json
import sys
from pathlib import Path
from uuid import UUID

import click
import msgspec
from rich.table import Table
from rich_click import RichCommand, RichGroup

from application.scripts.list_videos import VideoFilter
from domain.rendering.assembly import FilmKind
from domain.scripts.video_status import GeneratedVideo, VideoStatus
from entrypoints.cli.console import clock, plain, printer, say, show_warnings, talker
from entrypoints.cli.dance_options import in_a_folder
from entrypoints.cli.listing import (
    cursor_option,
    json_option,
    limit_option,
    moment,
    show_page,
)
from entrypoints.cli.output_file import save
from entrypoints.cli.owners import owner_of, user_option
from entrypoints.cli.session import Session, run, session
from entrypoints.cli.video_files import force_option, require_free, save_captions, save_film
from entrypoints.cursors import after
from entrypoints.http.content_disposition import file_stem


@click.group(cls=RichGroup)
def videos() -> None:
    """Show, save and delete videos: of choreographies and of scripts."""


@videos.command("list", cls=RichCommand)
@click.option(
    "--kind",
    "kinds",
    type=click.Choice([each.value for each in FilmKind]),
    multiple=True,
    help="Only videos of this kind.",
)
@click.option(
    "--state",
    "states",
    type=click.Choice([each.value for each in VideoStatus]),
    multiple=True,
    help="Only videos in this state; may be given several times.",
)
@limit_option
@cursor_option
@user_option
@json_option
def list_videos(
    kinds: tuple[str, ...],
    states: tuple[str, ...],
    limit: int,
    cursor: str | None,
    user: str | None,
    as_json: bool,
) -> None:
    """List videos, the newest first."""
    filters = VideoFilter(
        kinds=tuple(map(FilmKind, kinds)), statuses=tuple(map(VideoStatus, states))
    )

    async def work() -> None:
        async with session(only_looking=True) as opened:
            owner = await owner_of(opened, user)
            page = await opened.use_cases.list_videos(owner, after(cursor), limit, filters)
        show_page(page, _table, as_json=as_json)

    run(work)


@videos.command("show", cls=RichCommand)
@click.argument("video_id", metavar="ID", type=click.UUID)
@user_option
@json_option
def show(video_id: UUID, user: str | None, as_json: bool) -> None:
    """Show what is known about the video ID, and where its film is."""

    async def work() -> None:
        async with session(only_looking=True) as opened:
            owner = await owner_of(opened, user)
            video = await opened.use_cases.video_records.video(video_id, owner)
            place = None
            if video.status is VideoStatus.COMPLETED:
                film = await opened.use_cases.stream_video(video_id, owner)
                place = opened.settings.media_at(film.path)
        if as_json:
            click.echo(json.dumps(msgspec.to_builtins(video) | {"file": place}))
            return
        printer().print(_facts(video, place))
        show_warnings(talker(), video.warnings)

    run(work)


@videos.command("download", cls=RichCommand)
@click.argument("video_id", metavar="ID", type=click.UUID)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    callback=in_a_folder,
    help="File to write.  [default: the title of the video, in this folder]",
)
@click.option("--captions", is_flag=True, help="Save the captions beside the film, as .vtt.")
@click.option("--poster", is_flag=True, help="Save a picture beside the film, as .jpg.")
@force_option
@user_option
@json_option
def download(
    video_id: UUID,
    output: Path | None,
    captions: bool,
    poster: bool,
    force: bool,
    user: str | None,
    as_json: bool,
) -> None:
    """Save the film of the video ID to a file, completely or not at all."""

    async def work() -> None:
        async with session() as opened:
            owner = await owner_of(opened, user)
            film = await opened.use_cases.stream_video(video_id, owner)
            file = output or await _named(opened, video_id, owner)
            beside = [file.with_suffix(".vtt")] * captions + [file.with_suffix(".jpg")] * poster
            require_free(file, *beside, force=force)
            if captions:
                await save_captions(opened, video_id, owner, beside[0], force=force)
            if poster:
                picture = await opened.use_cases.make_poster(video_id, owner)
                save(beside[-1], picture, replace=force)
            await save_film(opened, film.path, file, force=force)
        if as_json:
            names = [str(each.absolute()) for each in (file, *beside)]
            click.echo(json.dumps({"video_id": str(video_id), "files": names}))
        else:
            click.echo(file)

    run(work)


@videos.command("delete", cls=RichCommand)
@click.argument("video_ids", metavar="ID...", type=click.UUID, nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@user_option
@json_option
def delete(video_ids: tuple[UUID, ...], yes: bool, user: str | None, as_json: bool) -> None:
    """Delete videos with their films and captions; their scripts stay.

    It deletes none if one of them does not exist.
    """
    if not (yes or sys.stdin.isatty()):
        raise click.UsageError("Nobody can be asked here; --yes deletes without asking.")

    items: list[GeneratedVideo] = []

    async def read() -> None:
        async with session(only_looking=True) as opened:
            owner = await owner_of(opened, user)
            for each in dict.fromkeys(video_ids):
                items.append(await opened.use_cases.video_records.video(each, owner))

    async def work() -> None:
        async with session() as opened:
            owner = await owner_of(opened, user)
            for video in items:
                await opened.use_cases.remove_video(video.video_id, owner)
                if not as_json:
                    say(talker(), f"Deleted the video {video.video_id}.")
        if as_json:
            click.echo(json.dumps({"deleted": [str(each.video_id) for each in items]}))

    run(read)
    if not yes:
        # Between the two, because Ctrl-C ends a prompt only where no loop runs.
        _ask(items)
    run(work)


def _ask(items: list[GeneratedVideo]) -> None:
    """Name the videos on the terminal and ask; an answer other than yes ends the command."""
    for video in items:
        say(talker(), f"{video.video_id}  {video.title or ''}")
    number = "this video" if len(items) == 1 else f"these {len(items)} videos"
    click.confirm(f"Delete {number}?", abort=True, err=True)


async def _named(opened: Session, video_id: UUID, owner: str) -> Path:
    title = await opened.use_cases.video_records.title(video_id, owner)
    return Path(f"{file_stem(title or str(video_id))}.mp4")


def _table(items: tuple[GeneratedVideo, ...]) -> Table:
    table = Table()
    for name in ("id", "kind", "state", "length", "size", "created (UTC)", "title"):
        table.add_column(name, justify="right" if name == "length" else "left")
    for video in items:
        table.add_row(
            str(video.video_id),
            video.kind,
            video.status,
            "-" if video.duration is None else clock(video.duration),
            video.resolution or "-",
            moment(video.created_at),
            plain(video.title or ""),
        )
    return table


def _facts(video: GeneratedVideo, place: str | None) -> Table:
    table = Table(show_header=False)
    size = None if video.file_size is None else f"{video.file_size:,} bytes"
    length = None if video.duration is None else clock(video.duration)
    facts = {
        "id": str(video.video_id),
        "kind": video.kind,
        "state": video.status,
        "title": video.title,
        "created (UTC)": moment(video.created_at),
        "length": length,
        "resolution": video.resolution,
        "size": size,
        "captions": "yes" if video.captions_url else "no",
        "script": None if video.script_id is None else str(video.script_id),
        "file": place,
        "error": video.error_message,
    }
    for name, fact in facts.items():
        if fact is not None:
            table.add_row(name, plain(fact))
    return table
