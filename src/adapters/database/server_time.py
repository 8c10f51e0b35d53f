"""The time of a database server, which is the same for all machines that use it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import select

from adapters.database.engine import Database
from adapters.database.moments import Now, utc

_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""A clock that goes on while the machine sleeps, if there is one, and that nobody sets."""


def _elapsed() -> float:
    return time.clock_gettime(_CLOCK)


async def server_time(
    database: Database, elapsed: Callable[[], float] = _elapsed
) -> Callable[[], datetime]:
    """Return a function for the server's time in UTC, which is asked for once.

    Afterwards ``elapsed`` tells the seconds since then, so that a machine whose own clock is wrong
    still writes the same times as the others. Raises `NotReady`.
    """
    asked = elapsed()
    [row] = await database.read(select(Now()))
    # The server has answered between the two.
    begun = utc(row[0]) - timedelta(seconds=(elapsed() - asked) / 2)

    def now() -> datetime:
        return (begun + timedelta(seconds=elapsed() - asked)).astimezone(UTC)

    return now
