"""`bachata-buddy plan`: write the Blueprint for a song or a description."""

from pathlib import Path
from uuid import uuid4

import click
import msgspec
from rich_click import RichCommand

from application.planning.generate_from_text import DescribedRequest
from application.planning.plan import PlannedDance
from domain.blueprint import rules
from domain.shared import paths
from entrypoints.cli.console import moves_table, show_warnings, talker
from entrypoints.cli.dance_options import DANCE, DanceOptions, asked_for, taking, writing
from entrypoints.cli.film_output import names_of_moves
from entrypoints.cli.output_file import save
from entrypoints.cli.session import Session, run, session


@click.command(cls=RichCommand)
@taking(*DANCE)
@writing("Write the Blueprint here instead of to the standard output.")
@click.option("--json", "as_json", is_flag=True, help="Show nothing but the Blueprint.")
def plan(options: DanceOptions, output: Path | None, as_json: bool) -> None:
    """Plan a dance to a song, or from a description, and write its Blueprint, without a film.

    `assemble` makes the film of it, `explain` shows why each move was chosen.
    """

    async def work() -> None:
        async with session() as opened:
            dance = await _planned(opened, options)
            names = await names_of_moves(opened, dance.blueprint)
        text = msgspec.json.format(rules.serialised(dance.blueprint), indent=2) + b"\n"
        if output is None:
            click.echo(text, nl=False)
        else:
            save(output, text)
        if not as_json:
            console = talker()
            console.print(moves_table(dance.blueprint, names))
            show_warnings(console, dance.warnings)

    run(work)


async def _planned(opened: Session, options: DanceOptions) -> PlannedDance:
    request = await asked_for(opened, options)
    if isinstance(request, DescribedRequest):
        return await opened.use_cases.plan_from_text(request, uuid4(), paths.LOCAL_USER)
    return await opened.use_cases.plan(request, uuid4(), paths.LOCAL_USER)
