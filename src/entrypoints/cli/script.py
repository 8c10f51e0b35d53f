"""`bachata-buddy script`: make the narrated video of a text."""

import json
import time
from pathlib import Path
from typing import Any, Final, get_args

import click
import msgspec
from rich_click import RichCommand

from domain.scripts.composition import (
    Captions,
    CompositionSettings,
    Narration,
    Resolution,
    VideoQuality,
)
from domain.scripts.languages import Language
from domain.scripts.video_status import GeneratedVideo
from domain.shared.validation import refuse_faults
from entrypoints.cli.console import clock, say, show_warnings, talker
from entrypoints.cli.dance_options import Option, in_a_folder
from entrypoints.cli.job_bars import JobBars, job_bars
from entrypoints.cli.listing import json_option
from entrypoints.cli.owners import owner_of, user_option
from entrypoints.cli.script_file import script_in
from entrypoints.cli.script_making import ScriptOrder, made
from entrypoints.cli.session import Session, run, session
from entrypoints.cli.video_files import force_option, require_free, save_captions, save_film

_COMPOSITION: Final[tuple[Option, ...]] = (
    click.option(
        "--resolution",
        type=click.Choice(get_args(Resolution)),
        default=CompositionSettings().resolution,
        show_default=True,
        help="Width and height of the video.",
    ),
    click.option(
        "--duration",
        type=click.FloatRange(5, 600),
        help="Seconds of the video.  [default: as long as its scenes]",
    ),
    click.option(
        "--quality",
        type=click.Choice([each.value for each in VideoQuality]),
        default=VideoQuality.MEDIUM.value,
        show_default=True,
    ),
    click.option("--no-audio", is_flag=True, help="Make a silent video."),
    click.option(
        "--language",
        type=click.Choice([each.value for each in Language]),
        help="Language of the text.  [default: recognised]",
    ),
    click.option(
        "--narration",
        type=click.Choice([each.value for each in Narration]),
        default=Narration.VOICE.value,
        show_default=True,
        help="A voice, only your own recordings, or neither.",
    ),
    click.option(
        "--speed",
        type=click.FloatRange(0.7, 1.4),
        default=1.0,
        show_default=True,
        help="Speed of the voice.",
    ),
    click.option(
        "--captions",
        type=click.Choice([each.value for each in Captions]),
        default=Captions.FILE.value,
        show_default=True,
        help="Captions beside the video, over its pictures, too, or none.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(0, 2**31 - 1),
        default=0,
        show_default=True,
        help="Another seed gives other colours and movements.",
    ),
)


def _composition(command: Any) -> Any:  # noqa: ANN401 - a decorator of any command
    for option in reversed(_COMPOSITION):
        command = option(command)
    return command


@click.command(cls=RichCommand)
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@_composition
@click.option("--title", help="Title of the video.  [default: that of the script]")
@click.option("--music", metavar="FILE", help="Music under the voice: a file, or its name.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    callback=in_a_folder,
    help="Save the film here too, and its captions beside it, as .vtt.",
)
@force_option
@user_option
@json_option
def script(
    file: Path,
    title: str | None,
    language: str | None,
    music: str | None,
    output: Path | None,
    force: bool,
    user: str | None,
    as_json: bool,
    **options: Any,  # noqa: ANN401 - those of `_COMPOSITION`
) -> None:
    """Make the narrated video of the script FILE, a text; `-` is the standard input.

    Pictures and recordings that the script names may lie beside it. With BACHATA_JOBS=pgqueuer
    workers make the video. Ctrl-C cancels it, and nothing of it stays.
    """
    settings = _settings(options, language)
    if output is not None:
        output = output.absolute()
        require_free(output, output.with_suffix(".vtt"), force=force)

    async def work() -> None:
        order = ScriptOrder(
            script=script_in(file, music),
            settings=settings,
            title=title,
            language=settings.language,
        )
        began, console = time.monotonic(), talker()
        async with session() as opened:
            owner = await owner_of(opened, user)
            with job_bars(console) as bars:
                video_id = await made(opened, order, owner, JobBars(bars).show)
            video = await opened.use_cases.video_records.video(video_id, owner)
            files = await _saved(opened, video, owner, output, force=force)
        if as_json:
            click.echo(json.dumps(msgspec.to_builtins(video) | files, default=str))
            return
        show_warnings(console, video.warnings)
        seconds = time.monotonic() - began
        say(console, f"{clock(video.duration or 0)} of film made in {seconds:.1f} s")
        click.echo(files["file"])

    run(work)


def _settings(options: dict[str, Any], language: str | None) -> CompositionSettings:
    settings = CompositionSettings(
        resolution=options["resolution"],
        duration=options["duration"],
        quality=VideoQuality(options["quality"]),
        include_audio=not options["no_audio"],
        language=None if language is None else Language(language),
        narration=Narration(options["narration"]),
        narration_speed=options["speed"],
        captions=Captions(options["captions"]),
        seed=options["seed"],
    )
    refuse_faults(settings)
    return settings


async def _saved(
    opened: Session, video: GeneratedVideo, owner: str, output: Path | None, *, force: bool
) -> dict[str, str | None]:
    """Return the places of the film and of its captions, which are saved if ``output`` is given."""
    film = await opened.use_cases.stream_video(video.video_id, owner)
    if output is None:
        return {"file": opened.settings.media_at(film.path), "captions_file": None}
    await save_film(opened, film.path, output, force=force)
    captions = None
    if video.captions_url is not None:
        captions = output.with_suffix(".vtt")
        await save_captions(opened, video.video_id, owner, captions, force=force)
    return {"file": str(output), "captions_file": captions and str(captions)}
