"""`bachata-buddy assemble`: make the film of a Blueprint."""

import json
from pathlib import Path
from uuid import uuid4

import click
import msgspec
from rich_click import RichCommand

from application.rendering.finished_film import FinishedFilm
from domain.blueprint import rules
from domain.blueprint.model import Blueprint
from domain.shared import paths
from domain.shared.errors import TaskTaken
from entrypoints.cli.console import StageBars, bars, clock, say, talker
from entrypoints.cli.dance_options import writing
from entrypoints.cli.input_file import document_in
from entrypoints.cli.output_file import copy_out
from entrypoints.cli.session import Session, run, session


@click.command(cls=RichCommand)
@click.argument("blueprint", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@writing("Copy the film here too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def assemble(blueprint: Path, output: Path | None, as_json: bool) -> None:
    """Make the film of BLUEPRINT, a JSON file with paths in the media storage.

    If the Blueprint's task already has a film, this makes another film as a new task.
    """

    original = rules.parse(document_in(blueprint))

    async def work() -> None:
        console = talker()
        with bars(console) as progress:
            async with session(StageBars(progress)) as opened:
                final, film = await _assembled(opened, original)
                if output is not None:
                    await copy_out(opened.storage, final.output_config.output_path, output)
        where = opened.settings.media_at(final.output_config.output_path)
        if output is not None:
            where = str(output)
        if as_json:
            document = msgspec.json.decode(msgspec.json.encode(film))
            click.echo(json.dumps(document | {"file": where}, indent=2))
        else:
            say(console, f"{clock(film.video_duration_seconds)} of film in {where}")

    run(work)


async def _assembled(opened: Session, original: Blueprint) -> tuple[Blueprint, FinishedFilm]:
    """Return the film, and its Blueprint: the given one, or a copy with a new task id."""
    try:
        return original, await opened.use_cases.assemble(original, paths.LOCAL_USER)
    except TaskTaken:
        task_id = uuid4()
        output = msgspec.structs.replace(
            original.output_config, output_path=paths.film(paths.LOCAL_USER, task_id)
        )
        again = msgspec.structs.replace(original, task_id=task_id, output_config=output)
        return again, await opened.use_cases.assemble(again, paths.LOCAL_USER)
