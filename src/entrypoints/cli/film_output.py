"""Make films in commands, and print the result."""

import json
import time
from pathlib import Path
from uuid import uuid4

import click
import msgspec
from rich.console import Console

from application.planning.choreography_request import ChoreographyRequest
from application.planning.generate_from_text import DescribedRequest
from application.rendering.finished_film import FinishedFilm
from domain.blueprint.model import Blueprint
from domain.library.songs import Song
from domain.shared import paths
from entrypoints.cli.console import clock, moves_table, plain, show_warnings
from entrypoints.cli.output_file import copy_out
from entrypoints.cli.session import Session


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A finished film with the data for its output."""

    film: FinishedFilm
    blueprint: Blueprint
    song: Song
    names: dict[str, str]
    """Names of the moves by their ids."""
    file: str
    """Place of the film: a file, or a URI in a bucket."""
    seconds: float
    """Duration of the work."""

    def tell(self, console: Console, *, as_json: bool) -> None:
        """Print the film's place on stdout and its description on the console; or everything as
        JSON.
        """
        if as_json:
            click.echo(self._as_json())
            return
        console.print(moves_table(self.blueprint, self.names))
        show_warnings(console, self.film.warnings)
        tempo = f"{self.song.tempo:.0f} BPM" if self.song.tempo else "tempo unknown"
        console.print(
            f"[bold]{plain(self.song.title)}[/] by {plain(self.song.artist)}, {tempo}: "
            f"{clock(self.film.video_duration_seconds)} of film made in {self.seconds:.1f} s",
            highlight=False,
        )
        click.echo(self.file)

    def _as_json(self) -> str:
        document = {
            **msgspec.json.decode(msgspec.json.encode(self.film)),
            "file": self.file,
            "song": msgspec.to_builtins(self.song),
            "moves": [
                {
                    "move_id": move.clip_id,
                    "start_time": move.start_time,
                    "duration": move.duration,
                    "playback_rate": move.playback_rate,
                }
                for move in self.blueprint.moves
            ],
            "quality": self.blueprint.generation_parameters["quality"],
        }
        return json.dumps(document, indent=2)


async def made(
    opened: Session, request: ChoreographyRequest | DescribedRequest, output: Path | None
) -> Made:
    """Make a film and copy it to ``output`` if given; raises as `GenerateChoreography` does."""
    began, use_cases, task_id = time.monotonic(), opened.use_cases, uuid4()
    if isinstance(request, DescribedRequest):
        film = await use_cases.generate_from_text(request, task_id, paths.LOCAL_USER)
    else:
        film = await use_cases.generate(request, task_id, paths.LOCAL_USER)
    blueprint = await use_cases.read_blueprint(task_id, paths.LOCAL_USER)
    path = blueprint.output_config.output_path
    if output is not None:
        await copy_out(opened.storage, path, output)
    return Made(
        film=film,
        blueprint=blueprint,
        song=await use_cases.read_song(blueprint.generation_parameters["song_id"]),
        names=await names_of_moves(opened, blueprint),
        file=_where(opened, path, output),
        seconds=time.monotonic() - began,
    )


def _where(opened: Session, path: str, output: Path | None) -> str:
    return opened.settings.media_at(path) if output is None else str(output.absolute())


async def names_of_moves(opened: Session, blueprint: Blueprint) -> dict[str, str]:
    """Return the names of a Blueprint's moves by their ids."""
    ids = [each.clip_id for each in blueprint.moves if each.clip_id is not None]
    return {move.id: move.name for move in await opened.use_cases.read_moves(ids)}
