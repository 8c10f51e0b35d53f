"""Flush what was written to the disk itself."""

import fcntl
import os
from contextlib import suppress


def flush(file: int) -> None:
    """Return when an open file, or the names in an open folder, would survive a loss of power.

    On macOS `os.fsync` leaves the data in the drive's own cache, so F_FULLFSYNC follows; disks that
    do not know it (network drives) refuse it. Raises OSError.
    """
    os.fsync(file)
    full_sync: int | None = getattr(fcntl, "F_FULLFSYNC", None)
    if full_sync is not None:
        # Where it is refused, `os.fsync` has done what the disk can do.
        with suppress(OSError):
            fcntl.fcntl(file, full_sync)
