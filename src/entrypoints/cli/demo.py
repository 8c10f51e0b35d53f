"""`bachata-buddy demo`: a choreography video out of nothing."""

import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import msgspec
from rich.console import Console
from rich_click import RichCommand

from application.ports.library import MoveFilter, SongFilter
from application.usecases.assemble import FinishedFilm
from application.usecases.plan import ChoreographyRequest
from domain import paths
from domain.blueprint import Blueprint, Difficulty
from domain.errors import SongNotFound
from domain.moves import Energy, Style
from domain.music import Song
from entrypoints.cli.console import StageBars, bars, clock, moves_table, talker
from entrypoints.cli.session import Session, run, session

_ALL = 1000


@click.command(cls=RichCommand)
@click.option("--song", help="Id or part of the title of a song of the library.")
@click.option(
    "--difficulty",
    type=click.Choice([each.value for each in Difficulty]),
    help="The hardest move wanted.",
)
@click.option(
    "--energy",
    type=click.Choice([each.value for each in Energy]),
    help="How much is to be going on.",
)
@click.option(
    "--style", type=click.Choice([each.value for each in Style]), help="The character of the dance."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, another dance.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Copy the film here too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def demo(
    song: str | None,
    difficulty: str | None,
    energy: str | None,
    style: str | None,
    seed: int,
    output: Path | None,
    as_json: bool,
) -> None:
    """Make the demo library if it is missing, and a choreography video to one of its songs."""

    async def work() -> None:
        began = time.monotonic()
        console = talker()
        with bars(console) as progress:
            async with session(StageBars(progress)) as opened:
                await _make_library(opened, progress)
                chosen = await _song(opened, song)
                request = ChoreographyRequest(
                    song_id=chosen.id,
                    difficulty=Difficulty(difficulty) if difficulty else None,
                    energy_level=Energy(energy) if energy else None,
                    style=Style(style) if style else None,
                    seed=seed,
                )
                film = await opened.use_cases.generate(request, uuid4(), paths.LOCAL_USER)
                blueprint = await opened.use_cases.read_blueprint(film.task_id, paths.LOCAL_USER)
                path = blueprint.output_config.output_path
                if output is not None:
                    await opened.storage.fetch(path, output)
                names = await _names(opened)
        where = (output or opened.settings.folder / "media" / path).resolve()
        took = time.monotonic() - began
        if as_json:
            click.echo(json.dumps(_as_json(film, blueprint, chosen, where), indent=2))
        else:
            _show(console, film, blueprint, chosen, names, where, took)

    run(work)


async def _make_library(opened: Session, progress: Any) -> None:  # noqa: ANN401 - rich's bars
    bar: Any = None

    async def told(name: str, done: int, of: int) -> None:
        nonlocal bar
        if bar is None:
            bar = progress.add_task("Making the demo library", total=of)
        progress.update(bar, completed=done)

    await opened.use_cases.make_demo(told)


async def _song(opened: Session, wanted: str | None) -> Song:
    songs = (await opened.use_cases.list_songs(SongFilter(), None, _ALL)).items
    if wanted is None:
        return songs[0]
    for song in songs:
        if song.id == wanted or wanted.lower() in song.title.lower():
            return song
    names = ", ".join(f"{song.id} ({song.title!r})" for song in songs)
    raise SongNotFound(f"There is no song {wanted!r}; there are {names}.")


async def _names(opened: Session) -> dict[str, str]:
    moves = (await opened.use_cases.list_moves(MoveFilter(), None, _ALL)).items
    return {move.id: move.name for move in moves}


def _show(
    console: Console,
    film: FinishedFilm,
    blueprint: Blueprint,
    song: Song,
    names: dict[str, str],
    where: Path,
    took: float,
) -> None:
    console.print(moves_table(blueprint, names))
    for each in film.degradations:
        console.print(f"[yellow]Note:[/] {each}", highlight=False)
    tempo = f"{song.tempo:.0f} BPM" if song.tempo else "tempo unknown"
    console.print(
        f"[bold]{song.title}[/] by {song.artist}, {tempo}: "
        f"{clock(film.video_duration_seconds)} of film made in {took:.1f} s",
        highlight=False,
    )
    click.echo(str(where))


def _as_json(
    film: FinishedFilm, blueprint: Blueprint, song: Song, where: Path
) -> dict[str, object]:
    return {
        **msgspec.to_builtins(film),
        "file": str(where),
        "song": msgspec.to_builtins(song),
        "moves": [
            {
                "move_id": move.clip_id,
                "start_time": move.start_time,
                "duration": move.duration,
                "playback_rate": move.playback_rate,
            }
            for move in blueprint.moves
        ],
    }
