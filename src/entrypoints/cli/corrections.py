"""`bachata-buddy library correct-song` and `correct-move`: a beat that was heard wrongly."""

from collections.abc import Callable
from typing import Literal, TypeVar

import click
from rich_click import RichCommand

from domain.library.corrections import Correction
from entrypoints.cli.console import say, talker
from entrypoints.cli.session import run, session

C = TypeVar("C", bound=Callable[..., None])

_LEVELS: dict[str, Literal["double", "half"]] = {"double": "double", "half": "half"}


def _corrected(command: C) -> C:
    """A command with the options that say what is right."""
    options = (
        click.option(
            "--beats",
            type=click.Choice(["double", "half"]),
            help="Twice as many beats as were heard, or half as many.",
        ),
        click.option("--tempo", type=float, help="Beats a minute, all alike."),
        click.option("--one-at", type=float, help="Seconds to a beat that is a '1'."),
        click.option("--half-beat", is_flag=True, help="The beats are half a beat later."),
        click.option("--as-heard", is_flag=True, help="Take back what was said before."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _said(
    beats: str | None, tempo: float | None, one_at: float | None, half_beat: bool, as_heard: bool
) -> Correction:
    correction = Correction(
        beats=None if beats is None else _LEVELS[beats],
        tempo=tempo,
        one_at=one_at,
        shift="half_beat" if half_beat else None,
    )
    if as_heard is (correction != Correction()):
        raise click.UsageError("Say what is right, or --as-heard.")
    return correction


@click.command("correct-song", cls=RichCommand)
@click.argument("song_id")
@_corrected
def correct_song(
    song_id: str,
    beats: str | None,
    tempo: float | None,
    one_at: float | None,
    half_beat: bool,
    as_heard: bool,
) -> None:
    """Say better of the beat of the song SONG_ID than was heard; it wins until it is taken back.

    It takes the place of what was said before.
    """
    correction = _said(beats, tempo, one_at, half_beat, as_heard)

    async def work() -> None:
        async with session() as opened:
            told = await opened.use_cases.correct(song_id, correction)
        one = f", the first '1' at {told.ones[0]:.3f} s" if told.ones else ""
        say(talker(), f"The song {song_id!r}: {told.tempo:.1f} BPM{one}.")

    run(work)


@click.command("correct-move", cls=RichCommand)
@click.argument("move_id")
@_corrected
def correct_move(
    move_id: str,
    beats: str | None,
    tempo: float | None,
    one_at: float | None,
    half_beat: bool,
    as_heard: bool,
) -> None:
    """Say better of the beat of the move MOVE_ID than was heard; it wins until it is taken back.

    It takes the place of what was said before.
    """
    correction = _said(beats, tempo, one_at, half_beat, as_heard)

    async def work() -> None:
        async with session() as opened:
            move = await opened.use_cases.correct_move(move_id, correction)
        one = f"the first '1' at {move.first_count:.3f} s"
        say(talker(), f"The move {move_id!r}: {move.tempo:.1f} BPM, {one}.")

    run(work)
