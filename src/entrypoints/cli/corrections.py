"""`bachata-buddy library correct-song` and `correct-move`: correct wrongly detected beats."""

from collections.abc import Callable
from functools import wraps
from typing import Literal, TypeAlias

import click
from rich_click import RichCommand

from domain.library.corrections import Correction, without
from entrypoints.cli.console import say, talker
from entrypoints.cli.session import run, session

Change: TypeAlias = Callable[[Correction | None], Correction]
"""Returns the new correction for the earlier one."""

_LEVELS: dict[str, Literal["double", "half"]] = {"double": "double", "half": "half"}


def _taps(_: click.Context, __: click.Parameter, text: str | None) -> tuple[float, ...]:
    """Parse seconds that are separated by commas."""
    try:
        return tuple(float(each) for each in text.split(",")) if text is not None else ()
    except ValueError:
        raise click.BadParameter(f"{text!r} must be seconds such as 2.1,2.6,3.1,3.6.") from None


_OPTIONS = (
    click.option(
        "--beats",
        type=click.Choice(["double", "half"]),
        help="Use twice as many beats as the analysis detected, or half as many.",
    ),
    click.option("--tempo", type=float, help="Constant tempo in beats per minute."),
    click.option("--one-at", type=float, help="Seconds to a beat that dancers count as '1'."),
    click.option("--half-beat", is_flag=True, help="Move all beats half a beat later."),
    click.option("--reading", type=int, help="Number of a likely reading of the analysis, from 2."),
    click.option(
        "--shift",
        type=float,
        metavar="MS",
        help="Move all beats later by milliseconds; a negative number moves them earlier.",
    ),
    click.option(
        "--taps",
        metavar="SECONDS,...",
        callback=_taps,
        help="Seconds of at least 4 tapped beats in a row, such as 2.1,2.6,3.1,3.6; the first one "
        "is a '1'.",
    ),
    click.option(
        "--take-back",
        type=click.Choice(["beats", "tempo", "one-at", "shift", "taps"]),
        multiple=True,
        help="Remove this part of the correction only; may be repeated.",
    ),
    click.option("--remove-correction", is_flag=True, help="Remove the correction."),
)


def _correcting(command: Callable[[str, Change], None]) -> Callable[..., None]:
    """Return a command that takes an id and the options of a correction."""

    @wraps(command)
    def with_options(
        item_id: str,
        beats: str | None,
        tempo: float | None,
        one_at: float | None,
        half_beat: bool,
        reading: int | None,
        shift: float | None,
        taps: tuple[float, ...],
        take_back: tuple[str, ...],
        remove_correction: bool,
    ) -> None:
        if half_beat and shift is not None:
            raise click.UsageError("Give --half-beat or --shift, not both.")
        correction = Correction(
            beats=None if beats is None else _LEVELS[beats],
            tempo=tempo,
            one_at=one_at,
            shift="half_beat" if half_beat else shift,
            taps=taps,
            reading=reading,
        )
        ways = (remove_correction, bool(take_back), correction != Correction())
        if sum(ways) != 1:
            raise click.UsageError(
                "Give one of: a correction (--beats, --tempo, --one-at, --half-beat, --reading, "
                "--shift, --taps), --take-back, --remove-correction."
            )
        names = [name.replace("-", "_") for name in take_back]
        command(item_id, lambda earlier: without(earlier, names) if names else correction)

    for option in reversed(_OPTIONS):
        with_options = option(with_options)
    return with_options


@click.command("correct-song", cls=RichCommand)
@click.argument("item_id", metavar="SONG_ID")
@_correcting
def correct_song(song_id: str, change: Change) -> None:
    """Correct the beats of the song SONG_ID; the correction overrides the analysis.

    It replaces an earlier correction; --take-back removes a part of it, --remove-correction all.
    """

    async def work() -> None:
        async with session() as opened:
            earlier = (await opened.use_cases.analyze_song(song_id)).correction
            analysis = await opened.use_cases.correct_song(song_id, change(earlier))
        one = f", the first '1' at {analysis.ones[0]:.3f} s" if analysis.ones else ""
        either = "" if analysis.other_tempo is None else f" (or {analysis.other_tempo:.1f})"
        say(talker(), f"The song {song_id!r}: {analysis.tempo:.1f} BPM{either}{one}.")

    run(work)


@click.command("correct-move", cls=RichCommand)
@click.argument("item_id", metavar="MOVE_ID")
@_correcting
def correct_move(move_id: str, change: Change) -> None:
    """Correct the beats of the clip of the move MOVE_ID; the correction overrides the analysis.

    It replaces an earlier correction; --take-back removes a part of it, --remove-correction all.
    """

    async def work() -> None:
        async with session() as opened:
            earlier = (await opened.use_cases.read_move(move_id)).correction
            move = await opened.use_cases.correct_move(move_id, change(earlier))
        one = f"the first '1' at {move.first_count:.3f} s"
        say(talker(), f"The move {move_id!r}: {move.tempo:.1f} BPM, {one}.")

    run(work)
