"""`bachata-buddy demo`: make a choreography video without any files of the user."""

import time
from pathlib import Path
from typing import Any

import click
import msgspec
from rich_click import RichCommand

from application.ports.songs import SongFilter
from entrypoints.cli.console import StageBars, bars, say, talker
from entrypoints.cli.dance_options import WISH, DanceOptions, song_of, taking, writing
from entrypoints.cli.film_output import made
from entrypoints.cli.session import Session, run, session


@click.command(cls=RichCommand)
@taking(click.option("--song", help="Id or part of the title of a song of the library."), *WISH)
@writing("Copy the film here too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def demo(options: DanceOptions, output: Path | None, as_json: bool) -> None:
    """Make a choreography video for a song of the demo library, which is created if missing."""

    async def work() -> None:
        began = time.monotonic()
        console = talker()
        with bars(console) as progress:
            async with session(StageBars(progress)) as opened:
                await _make_library(opened, progress)
                film = await made(opened, options.request(await _song(opened, options)), output)
        film = msgspec.structs.replace(film, seconds=time.monotonic() - began)
        film.tell(console, as_json=as_json)
        if not as_json:
            say(console, "To change it and to practise, run: bachata-buddy serve --open")

    run(work)


async def _make_library(opened: Session, progress: Any) -> None:  # noqa: ANN401 - rich's bars
    bar: Any = None

    async def on_progress(name: str, done: int, of: int) -> None:
        nonlocal bar
        if bar is None:
            bar = progress.add_task("Making the demo library", total=of)
        progress.update(bar, completed=done)

    for each in await opened.use_cases.make_demo(on_progress):
        say(progress.console, f"Not made: {each.item}: {each.message} Run this again to make it.")


async def _song(opened: Session, options: DanceOptions) -> str:
    if options.song is not None:
        return (await song_of(opened, options.song)).id
    return (await opened.use_cases.list_songs(SongFilter(), None, 1)).items[0].id
