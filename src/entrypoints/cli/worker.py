"""`bachata-buddy worker`: make the films that API processes have submitted."""

import asyncio
import signal
from types import FrameType

import click
from rich_click import RichCommand

from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation
from entrypoints import exit_deadline, logs
from entrypoints.environment import from_environment
from entrypoints.exit_deadline import SIGNALS, ExitDeadline
from entrypoints.settings import Settings


@click.command(cls=RichCommand)
def worker() -> None:
    """Make films for the API processes until stopped; start any number, on any machines.

    SIGTERM and Ctrl-C let it finish the films that it makes, and hand back those that take longer
    than BACHATA_STOP_SECONDS.
    """
    settings = from_environment()
    if not settings.has_workers:
        message = (
            "`bachata-buddy serve` makes films itself. For workers set BACHATA_JOBS=pgqueuer and a "
            "BACHATA_DATABASE_URL of Postgres everywhere, and run `bachata-buddy db upgrade`."
        )
        raise InvalidRequest(
            (Violation(path="BACHATA_JOBS", message=message),), "There is no work for a worker."
        )
    logs.configure(settings.log_level)
    with ExitDeadline(settings.stop_seconds) as deadline:
        exit_deadline.run(_until_signalled(settings), deadline)


async def _until_signalled(settings: Settings) -> None:
    # Importing everything takes a second.
    from entrypoints.worker import work

    stopping, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop(number: int, _: FrameType | None) -> None:
        loop.call_soon_threadsafe(stopping.set)

    for number in SIGNALS:
        signal.signal(number, stop)
    await work(settings, stopping)
