"""Make sure that a film has room: on the disk while it is made, and in the quotas."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from application.concurrency.shielding import finish_even_if_cancelled
from application.ports.workspace import Workspace
from application.quotas.reservations import Reservations
from domain.rendering.workload import Workload
from domain.shared import paths
from domain.shared.errors import DiskFull


class FilmRoom:
    """Holds room for a film before work on it begins."""

    def __init__(self, workspace: Workspace, reservations: Reservations | None = None) -> None:
        """Take the workspace; without ``reservations`` there are no quotas."""
        self._workspace = workspace
        self._reservations = reservations

    async def take(self, path: str, work: Workload) -> None:
        """Hold room for the work; raises `DiskFull` and `QuotaExceeded`."""
        free = await self._workspace.free()
        if work.size > free:
            raise DiskFull(
                f"The film needs {-(-work.size // 1_000_000):,} MB of disk space temporarily, and "
                f"{free // 1_000_000:,} MB are free; free some space, or choose a lower bitrate."
            )
        if self._reservations is not None:
            await self._reservations.reserve(path, work.film_size)

    async def give_back(self, path: str) -> None:
        """Give back what is held for a film, unless it is stored."""
        if self._reservations is not None:
            await self._reservations.give_back(path)

    async def give_back_earlier(self, output_path: str, attempt: int) -> None:
        """Give back what attempts that died hold for the same film."""
        for earlier in range(1, attempt):
            await self.give_back(paths.of_attempt(output_path, earlier))

    @asynccontextmanager
    async def holding(self, output_path: str, attempt: int, size: int) -> AsyncGenerator[None]:
        """Hold room for a film of about ``size`` bytes, and give it back if the work fails.

        Raises `QuotaExceeded`.
        """
        path = paths.of_attempt(output_path, attempt)
        await self.give_back_earlier(output_path, attempt)
        try:
            if self._reservations is not None:
                await self._reservations.reserve(path, size)
            yield
        except BaseException:
            await finish_even_if_cancelled(self.give_back(path))
            raise
