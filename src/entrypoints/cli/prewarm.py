"""`bachata-buddy prewarm`: prepare the whole library for films."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

import click
import msgspec
from rich.progress import Progress
from rich_click import RichCommand

from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.timeouts import Timeouts
from application.jobs.perform_library import PreparationReport
from application.jobs.watch_task import Outcome
from application.library.library_jobs import Preparation
from domain.blueprint.model import PictureFormat
from domain.jobs.errors import InternalError
from domain.jobs.job import Lane
from domain.jobs.outcome import raisable
from domain.shared import paths
from entrypoints import maintenance
from entrypoints.cli.console import bars, say, talker
from entrypoints.cli.session import Session, run, session

_CLOSING: Final = 5.0
"""Maximum seconds for the work of a stopped command to end."""
_DEFAULT: Final = PictureFormat()


@click.command(cls=RichCommand)
@click.option("--width", type=int, default=_DEFAULT.width, show_default=True)
@click.option("--height", type=int, default=_DEFAULT.height, show_default=True)
@click.option("--frame-rate", type=int, default=_DEFAULT.frame_rate, show_default=True)
@click.option("--bitrate", default=_DEFAULT.video_bitrate, show_default=True)
@click.option("--codec", default=_DEFAULT.video_codec, show_default=True)
@click.option("--analyse/--no-analyse", default=True, help="Analyse what has no analysis.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def prewarm(
    width: int,
    height: int,
    frame_rate: int,
    bitrate: str,
    codec: str,
    analyse: bool,
    as_json: bool,
) -> None:
    """Encode and analyse all songs and clips now, so that the first film is as fast as the next.

    The options describe the picture of the films. With BACHATA_JOBS=pgqueuer the workers do it.
    Ctrl-C cancels it.
    """
    # The use case refuses what is out of range.
    picture = msgspec.structs.replace(
        _DEFAULT,
        width=width,
        height=height,
        frame_rate=frame_rate,
        video_bitrate=bitrate,
        video_codec=codec,
    )
    preparation = Preparation(picture=picture, analyse=analyse)

    async def work() -> None:
        async with session() as opened, _working(opened):
            with bars(talker()) as progress:
                report = await _prepared(opened, preparation, progress)
        _tell(report, as_json=as_json)

    run(work)


@asynccontextmanager
async def _working(opened: Session) -> AsyncGenerator[None]:
    """Do the work here unless workers do it; a server on the same database takes its share."""
    if opened.settings.has_workers:
        yield
        return
    cores = opened.settings.cores
    # Nobody waits for a film of this process, except films that a server has left.
    lanes = {**opened.settings.lanes_on(cores), Lane.LIBRARY: cores}
    async with (
        maintenance.recovering_jobs(opened.use_cases, Timeouts()),
        maintenance.working(opened.job_queue, opened.use_cases, lanes, _CLOSING),
    ):
        yield


async def _prepared(
    opened: Session, preparation: Preparation, progress: Progress
) -> PreparationReport:
    job, is_earlier = await opened.use_cases.prepare_library(preparation, paths.LOCAL_USER)
    try:
        return await _watched(opened, job.job_id, progress)
    except asyncio.CancelledError:
        if not is_earlier:
            await finish_even_if_cancelled(opened.use_cases.cancel_job(job.job_id))
        raise


async def _watched(opened: Session, job_id: UUID, progress: Progress) -> PreparationReport:
    bar = progress.add_task("Making the library ready", total=None)
    watching = opened.use_cases.watch_task(job_id, paths.LOCAL_USER, of_library=True)
    async with watching as updates:
        async for update in updates:
            if isinstance(update, Outcome):
                return _report_of(update)
            if update is not None:
                progress.update(bar, total=100, completed=update.progress)
    raise InternalError


def _report_of(outcome: Outcome) -> PreparationReport:
    if outcome.failure is not None:
        raise raisable(outcome.failure)
    return msgspec.json.decode(outcome.result or "", type=PreparationReport)


def _tell(report: PreparationReport, *, as_json: bool) -> None:
    """Print the report, and exit with status 1 if something is not ready."""
    if as_json:
        click.echo(msgspec.json.encode(report).decode())
    console = talker()
    for each in report.failures:
        say(console, f"Not ready: {each.item}: {each.message}")
    if report.failed:
        raise click.exceptions.Exit(1)
    say(console, f"{report.prepared} songs and clips are ready.")
