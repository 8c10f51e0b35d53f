"""`bachata-buddy generate`: make a film for a song or a description."""

from pathlib import Path

import click
from rich_click import RichCommand

from entrypoints.cli.console import StageBars, bars, talker
from entrypoints.cli.dance_options import NEW_DANCE, DanceOptions, asked_for, taking, writing
from entrypoints.cli.film_output import made
from entrypoints.cli.session import run, session


@click.command(cls=RichCommand)
@taking(*NEW_DANCE)
@writing("Copy the film here too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def generate(options: DanceOptions, output: Path | None, as_json: bool) -> None:
    """Plan a dance to a song, or from a description, and make its film.

    Options override the description.
    """

    async def work() -> None:
        console = talker()
        with bars(console) as progress:
            async with session(StageBars(progress)) as opened:
                film = await made(opened, await asked_for(opened, options), output)
        film.tell(console, as_json=as_json)

    run(work)
