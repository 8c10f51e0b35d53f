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
        self.room = size

    def use(self, size: int) -> None:
        """Reduce the reservation by ``size`` bytes that are now on disk."""
        self.room = max(0, self.room - size)


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
                f"You are uploading {self._each} files already, the maximum for one caller "
                "(BACHATA_MAX_UPLOADS); try again when one of these uploads is finished."
            )
        if self._of.total() >= self._most:
            raise Busy(
                f"{self._most} uploads are in progress, the maximum (BACHATA_MAX_UPLOADS); try "
                "again later."
            )

    async def _refuse_excess(self, size: int) -> None:
        free = await self._workspace.free()
        reserved = sum(each.room for each in self._reserved) - size
        missing = reserved + size + MARGIN - free
        if missing > 0:
            raise DiskFull(
                f"The disk has {_megabytes(missing)} too little space for this upload: the file "
                f"may take {_megabytes(size)}, {_megabytes(reserved)} are reserved for other "
                f"uploads, {_megabytes(MARGIN)} must stay free, and {_megabytes(free)} are free. "
                "Free some space, or try again later."
            )


def _megabytes(size: int) -> str:
    return f"{-(-size // 1_000_000)} MB"
