"""Bring the figures of the service up to date, and return them."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from application.monitoring.catalogue import (
    DISK_BYTES,
    DISK_FREE_BYTES,
    JOBS,
    STORED_BYTES,
    STORED_FILES,
    UNREAD,
)
from application.ports.disk import Disk
from application.ports.jobs import JobRepository
from application.ports.metrics import Metrics
from application.ports.storage import Storage
from domain.jobs.job import JobState, Lane
from domain.shared.errors import BachataError
from domain.storage.kinds import FOLDERS

_log = logging.getLogger("bachata.metrics")

WAITING: Final = (JobState.QUEUED, JobState.RUNNING)


class ReadMetrics:
    """Returns all figures, among them those that are only read when somebody asks."""

    def __init__(self, metrics: Metrics, jobs: JobRepository, disk: Disk) -> None:
        """Take the ports."""
        self._metrics = metrics
        self._jobs = jobs
        self._disk = disk

    async def __call__(self) -> bytes:
        """Return the page of figures; those of a part that is away are missing and counted."""
        await self._read("jobs", self._count_jobs)
        await self._read("disk", self._measure_disk)
        return self._metrics.page()

    async def _count_jobs(self) -> None:
        counts = await self._jobs.counts()
        self._metrics.show(
            JOBS,
            {
                (str(lane), str(state)): counts.get((lane, state), 0)
                for lane in Lane
                for state in WAITING
            },
        )

    async def _measure_disk(self) -> None:
        space = await self._disk.space()
        self._metrics.show(DISK_BYTES, {(): space.total_bytes})
        self._metrics.show(DISK_FREE_BYTES, {(): space.free_bytes})

    async def _read(self, figures: str, read: Callable[[], Awaitable[None]]) -> None:
        try:
            await read()
        except BachataError as error:
            _log.warning("the figures of the %s are not read: %s", figures, error)
            self._metrics.add(UNREAD, figures)
            for metric in (JOBS,) if figures == "jobs" else (DISK_BYTES, DISK_FREE_BYTES):
                self._metrics.show(metric, {})


class MeasureStorage:
    """Counts the stored files and bytes of each kind; this lists all of them, so it is rare."""

    def __init__(self, metrics: Metrics, storage: Storage) -> None:
        """Take the ports."""
        self._metrics = metrics
        self._storage = storage

    async def __call__(self) -> None:
        """Return when the figures are there; raises `StorageFailed`."""
        files: dict[tuple[str, ...], float] = {}
        sizes: dict[tuple[str, ...], float] = {}
        for kind, folders in FOLDERS.items():
            files[(kind,)] = sizes[(kind,)] = 0
            for folder in folders:
                async for file in self._storage.files(folder):
                    files[(kind,)] += 1
                    sizes[(kind,)] += file.size
        self._metrics.show(STORED_FILES, files)
        self._metrics.show(STORED_BYTES, sizes)
