"""`bachata-buddy assemble`: a Blueprint in, a film out."""

import json
from pathlib import Path
from uuid import uuid4

import click
import msgspec
from rich_click import RichCommand

from application.usecases.assemble import FinishedFilm
from domain import paths, rules
from domain.blueprint import Blueprint
from domain.errors import TaskTaken
from entrypoints.cli.console import StageBars, bars, clock, talker
from entrypoints.cli.session import Session, run, session


@click.command(cls=RichCommand)
@click.argument("blueprint", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Copy the film here too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def assemble(blueprint: Path, output: Path | None, as_json: bool) -> None:
    """Make the film of BLUEPRINT, a JSON file whose storage paths lie in the media storage.

    A Blueprint that was assembled before is assembled again as a new task.
    """

    asked = rules.parse(blueprint.read_bytes())

    async def work() -> None:
        console = talker()
        with bars(console) as progress:
            async with session(StageBars(progress)) as opened:
                made, film = await _assembled(opened, asked)
                if output is not None:
                    await opened.storage.fetch(made.output_config.output_path, output)
        where = output or opened.settings.folder / "media" / made.output_config.output_path
        if as_json:
            click.echo(json.dumps(msgspec.to_builtins(film) | {"file": str(where)}, indent=2))
        else:
            console.print(f"{clock(film.video_duration_seconds)} of film in {where}")

    run(work)


async def _assembled(opened: Session, asked: Blueprint) -> tuple[Blueprint, FinishedFilm]:
    """The film, and the Blueprint it was made of: the one asked, or the same as a new task."""
    try:
        return asked, await opened.use_cases.assemble(asked, paths.LOCAL_USER)
    except TaskTaken:
        task_id = uuid4()
        output = msgspec.structs.replace(
            asked.output_config, output_path=paths.film(paths.LOCAL_USER, task_id)
        )
        again = msgspec.structs.replace(asked, task_id=task_id, output_config=output)
        return again, await opened.use_cases.assemble(again, paths.LOCAL_USER)
