"""`bachata-buddy plan`: write the Blueprint for a song, a description, or another Blueprint."""

from pathlib import Path
from typing import Final
from uuid import uuid4

import click
import msgspec
from click.core import ParameterSource
from rich_click import RichCommand

from application.planning.generate_from_text import DescribedRequest
from application.planning.plan import PlannedDance
from application.planning.replan_request import ChosenMove, ReplanRequest
from domain.blueprint import rules
from domain.shared import paths, validation
from entrypoints.cli.console import moves_table, say, show_warnings, talker
from entrypoints.cli.dance_options import (
    BAN,
    DANCE,
    DanceOptions,
    asked_for,
    locks_in,
    taking,
    writing,
)
from entrypoints.cli.film_output import names_of_moves
from entrypoints.cli.input_file import document_in
from entrypoints.cli.output_file import save
from entrypoints.cli.session import Session, run, session

_OF_NEW_DANCES: Final = ("song", "describe", "difficulty", "energy", "style")
"""Options that a dance from another Blueprint takes from there."""


@click.command(cls=RichCommand)
@taking(*DANCE, BAN)
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Plan the dance of this Blueprint again, except for the locked moves.",
)
@click.option(
    "--lock",
    "held",
    multiple=True,
    metavar="POSITION=MOVE",
    help="Lock a move to an eight-count, counted from 0; may be repeated. With --from, positions "
    "count the moves of the Blueprint: 3,5 keeps these moves to the frame, 3=MOVE puts another one "
    "there.",
)
@writing("Write the Blueprint here instead of to the standard output.")
@click.option("--json", "as_json", is_flag=True, help="Show nothing but the Blueprint.")
def plan(
    options: DanceOptions,
    source: Path | None,
    held: tuple[str, ...],
    output: Path | None,
    as_json: bool,
) -> None:
    """Plan a dance to a song, or from a description, and write its Blueprint, without a film.

    `assemble` makes the film of it, `explain` shows why each move was chosen. With --from, the
    moves that are not locked are planned again; without another --seed, those stay that need not
    change.
    """
    again = None if source is None else _replan_request(source, options, held)
    if again is None:
        options = msgspec.structs.replace(options, lock=locks_in(held))

    async def work() -> None:
        async with session() as opened:
            if again is None:
                dance = await _planned(opened, options)
            else:
                dance = await opened.use_cases.replan(again, uuid4(), paths.LOCAL_USER)
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
            if (share := dance.quality.kept_share) is not None:
                say(
                    console, f"{share:.0%} of the time that was planned again shows the same moves."
                )

    run(work)


def _replan_request(source: Path, options: DanceOptions, held: tuple[str, ...]) -> ReplanRequest:
    """Return the request for a Blueprint in a file; raises `InvalidRequest`."""
    if given := [name for name in _OF_NEW_DANCES if getattr(options, name) is not None]:
        raise click.UsageError(
            f"--{given[0]} cannot be combined with --from: the Blueprint says what was requested."
        )
    seed = click.get_current_context().get_parameter_source("seed")
    request = ReplanRequest(
        blueprint=rules.parse(document_in(source)),
        locks=_positions(held),
        chosen_moves=tuple(
            ChosenMove(index=lock.position, move_id=lock.move_id)
            for lock in locks_in(each for each in held if "=" in each)
        ),
        banned_moves=options.ban,
        seed=None if seed is ParameterSource.DEFAULT else options.seed,
    )
    validation.refuse_faults(request)
    return request


def _positions(held: tuple[str, ...]) -> tuple[int, ...]:
    """Parse lists of positions, such as 3,5."""
    positions: list[int] = []
    for text in (text for each in held if "=" not in each for text in each.split(",")):
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise click.BadParameter(f"{text!r} must be the index of a move, such as 3.")
        positions.append(int(text))
    return tuple(positions)


async def _planned(opened: Session, options: DanceOptions) -> PlannedDance:
    request = await asked_for(opened, options)
    if isinstance(request, DescribedRequest):
        return await opened.use_cases.plan_from_text(request, uuid4(), paths.LOCAL_USER)
    return await opened.use_cases.plan(request, uuid4(), paths.LOCAL_USER)
