"""Limit parallel uploads and reserve disk space for them."""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from application.ports.workspace import Workspace
from domain.shared.errors import Busy, CallerBusy, DiskFull

MARGIN: Final = 100_000_000
"""Bytes of disk that uploads leave free, for the database and for films."""


class Reservation:
    """Disk space reserved for one upload."""

    def __init__(self, size: int) -> None:
        """Take the number of expected bytes."""
        self.left = size

    def use(self, size: int) -> None:
        """Reduce the reservation by ``size`` bytes that are now on disk."""
        self.left = max(0, self.left - size)


class Uploads:
    """Limits the uploads in progress, in total and per caller, and checks the free disk space."""

    def __init__(self, workspace: Workspace, most: int, each: int) -> None:
        """Take the maximum number in total, and for ``each`` caller."""
        self._workspace = workspace
        self._most = most
        self._each = each
        self._of = Counter[str]()
        self._reserved: set[Reservation] = set()

    @asynccontextmanager
    async def place(self, caller: str, size: int) -> AsyncGenerator[Reservation]:
        """Hold a place, and disk space for ``size`` bytes, during an upload.

        Raises `CallerBusy`, `Busy`, and `DiskFull`, which says how much is missing.
        """
        self._refuse_crowd(caller)
        reservation = Reservation(size)
        # Reserve before the disk is checked, so that a parallel upload counts this one.
        self._of[caller] += 1
        self._reserved.add(reservation)
        try:
            await self._refuse_excess(size)
            yield reservation
        finally:
            self._reserved.discard(reservation)
            self._of[caller] -= 1
            if not self._of[caller]:
                del self._of[caller]

    def _refuse_crowd(self, caller: str) -> None:
        if self._of[caller] >= self._each:
            raise CallerBusy(
                f"You bring {self._each} files already, which is the most one caller may bring at "
                "once (BACHATA_MAX_UPLOADS); try again when one of them has ended."
            )
        if self._of.total() >= self._most:
            raise Busy(
                f"{self._most} files are being uploaded, which is the most at once "
                "(BACHATA_MAX_UPLOADS); try again in a while."
            )

    async def _refuse_excess(self, size: int) -> None:
        free = await self._workspace.free()
        promised = sum(each.left for each in self._reserved) - size
        missing = promised + size + MARGIN - free
        if missing > 0:
            raise DiskFull(
                f"The file may take {_said(size)} and the disk has {_said(free)} free, of which "
                f"{_said(promised)} are for other uploads and {_said(MARGIN)} stay free: "
                f"{_said(missing)} are missing."
            )


def _said(size: int) -> str:
    return f"{-(-size // 1_000_000)} MB"
