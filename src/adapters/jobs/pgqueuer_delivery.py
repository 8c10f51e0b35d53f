"""Delivery of announced jobs to the free slots of a worker, by PgQueuer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import FailingListenerError
from pgqueuer.domain.models import Job as Announcement
from pgqueuer.domain.types import QueueEntrypoint

from adapters.jobs.cancel_signals import CancelSignals
from adapters.jobs.pgqueuer_engine import CHANNEL, LOG, engine_connection
from adapters.jobs.slots import Slots
from adapters.postgres_connection import BROKEN
from application.concurrency.retries import pause
from domain.jobs.job import Lane

_log = logging.getLogger("bachata.jobs")

ENTRYPOINTS: Final[Mapping[Lane, str]] = {
    Lane.FILMS: "bachata_job",
    Lane.SCRIPTS: "bachata_script_job",
    Lane.LIBRARY: "bachata_library_job",
}
CANCEL_CHANNEL: Final = "bachata_job_cancel"

POLL: Final = timedelta(seconds=3)
"""Time between two questions for announcements of which no notification came."""
FULL_POLL: Final = timedelta(seconds=0.5)
"""The same while announcements wait for a free slot."""
HEARTBEAT: Final = timedelta(seconds=20)
"""Time after which an announcement that a dead worker took goes to another."""
LOG_KEPT: Final = timedelta(days=7)
PRUNED: Final = 6 * 3600.0
"""Seconds between two deletions of old rows of PgQueuer's log, which it keeps for ever itself."""


class _Announcements(QueueManager):
    """Takes an announcement only for a free slot, so that a busy worker leaves it to others."""

    lanes: Mapping[Lane, Slots]

    def entrypoints_below_capacity_limits(self) -> set[QueueEntrypoint]:
        """Return what this worker can take now; see `QueueManager`."""
        taken = len(self.job_context)
        free = {ENTRYPOINTS[lane] for lane, slots in self.lanes.items() if slots.free > taken}
        return {each for each in super().entrypoints_below_capacity_limits() if each in free}


class Delivery:
    """Wakes slots upon announcements, and passes on signals to cancel, by one connection.

    PgQueuer forgets an announcement as soon as a slot is awake: from then on the lease of the job
    counts, and PgQueuer has none that another worker must respect.
    """

    def __init__(self, url: str, lanes: Mapping[Lane, Slots], signals: CancelSignals) -> None:
        """Take the URL of the database, the slots to wake, and the signals to pass on."""
        self._url = url
        self._lanes = lanes
        self._signals = signals

    async def run(self) -> None:
        """Deliver until cancelled; connects again, with pauses, whenever the connection breaks."""
        failures = 0
        while True:
            try:
                async with engine_connection(self._url) as (connection, queries):
                    await connection.add_listener(CANCEL_CHANNEL, self._signalled)
                    failures = 0
                    # Announcements and signals may have been lost before.
                    for slots in self._lanes.values():
                        slots.hint()
                    await self._deliver(queries)
            except (*BROKEN, FailingListenerError) as error:
                facts = {"error": type(error).__name__, "failures": failures + 1}
                _log.warning("jobs are not announced by the database", extra=facts)
            except Exception:
                _log.exception("jobs are not announced by the database")
            failures += 1
            await asyncio.sleep(pause(failures))

    async def _deliver(self, queries: Queries) -> None:
        manager = _Announcements(queries, CHANNEL)
        manager.lanes = self._lanes
        manager.min_dequeue_poll_interval = FULL_POLL
        for lane, slots in self._lanes.items():
            manager.entrypoint(ENTRYPOINTS[lane], accepts_context=False)(_waking(slots))
        pruning = asyncio.create_task(_prune_at_intervals(queries))
        try:
            await manager.run(
                dequeue_timeout=POLL,
                batch_size=1,
                shutdown_on_listener_failure=True,
                heartbeat_timeout=HEARTBEAT,
                # Nobody reads PgQueuer's statistics.
                log_aggregation_interval=timedelta(0),
            )
        finally:
            pruning.cancel()

    def _signalled(self, _connection: Any, _process: int, _channel: str, text: str) -> None:  # noqa: ANN401
        try:
            self._signals.signal(UUID(text))
        except ValueError:
            _log.warning("a signal to cancel names no job")


def _waking(slots: Slots) -> Callable[[Announcement], Awaitable[None]]:
    """Return what takes an announcement: it wakes a slot."""

    async def announced(announcement: Announcement) -> None:
        slots.hint()

    return announced


async def _prune_at_intervals(queries: Queries) -> None:
    while True:
        try:
            await prune(queries, LOG_KEPT)
        except BROKEN as error:
            facts = {"error": type(error).__name__}
            _log.warning("the log of announcements was not pruned", extra=facts)
        await asyncio.sleep(PRUNED)


async def prune(queries: Queries, kept: timedelta) -> None:
    """Delete the rows of PgQueuer's log that are older than ``kept``."""
    await queries.driver.execute(f"DELETE FROM {LOG} WHERE created < now() - $1::interval", kept)  # noqa: S608 - a constant
