"""`bachata-buddy library correct-song` and `correct-move`: correct wrongly detected beats."""

from collections.abc import Callable
from functools import wraps
from typing import Literal

import click
from rich_click import RichCommand

from domain.library.corrections import Correction
from entrypoints.cli.console import say, talker
from entrypoints.cli.session import run, session

_LEVELS: dict[str, Literal["double", "half"]] = {"double": "double", "half": "half"}
_OPTIONS = (
    click.option(
        "--beats",
        type=click.Choice(["double", "half"]),
        help="Use twice as many beats as the analysis detected, or half as many.",
    ),
    click.option("--tempo", type=float, help="Constant tempo in beats per minute."),
    click.option("--one-at", type=float, help="Seconds to a beat that dancers count as '1'."),
    click.option("--half-beat", is_flag=True, help="Move all beats half a beat later."),
    click.option("--remove-correction", is_flag=True, help="Remove the correction."),
)


def _correcting(command: Callable[[str, Correction], None]) -> Callable[..., None]:
    """Return a command that takes an id and the options of a correction."""

    @wraps(command)
    def with_options(
        item_id: str,
        beats: str | None,
        tempo: float | None,
        one_at: float | None,
        half_beat: bool,
        remove_correction: bool,
    ) -> None:
        correction = Correction(
            beats=None if beats is None else _LEVELS[beats],
            tempo=tempo,
            one_at=one_at,
            shift="half_beat" if half_beat else None,
        )
        if remove_correction is (correction != Correction()):
            raise click.UsageError(
                "Give a correction (--beats, --tempo, --one-at, --half-beat) "
                "or --remove-correction, not both."
            )
        command(item_id, correction)

    for option in reversed(_OPTIONS):
        with_options = option(with_options)
    return with_options


@click.command("correct-song", cls=RichCommand)
@click.argument("item_id", metavar="SONG_ID")
@_correcting
def correct_song(song_id: str, correction: Correction) -> None:
    """Correct the beats of the song SONG_ID; the correction overrides the analysis.

    It replaces an earlier correction; --remove-correction removes it.
    """

    async def work() -> None:
        async with session() as opened:
            analysis = await opened.use_cases.correct_song(song_id, correction)
        one = f", the first '1' at {analysis.ones[0]:.3f} s" if analysis.ones else ""
        either = "" if analysis.other_tempo is None else f" (or {analysis.other_tempo:.1f})"
        say(talker(), f"The song {song_id!r}: {analysis.tempo:.1f} BPM{either}{one}.")

    run(work)


@click.command("correct-move", cls=RichCommand)
@click.argument("item_id", metavar="MOVE_ID")
@_correcting
def correct_move(move_id: str, correction: Correction) -> None:
    """Correct the beats of the clip of the move MOVE_ID; the correction overrides the analysis.

    It replaces an earlier correction; --remove-correction removes it.
    """

    async def work() -> None:
        async with session() as opened:
            move = await opened.use_cases.correct_move(move_id, correction)
        one = f"the first '1' at {move.first_count:.3f} s"
        say(talker(), f"The move {move_id!r}: {move.tempo:.1f} BPM, {one}.")

    run(work)
