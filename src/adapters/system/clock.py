"""The machine's clock."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

_BACK: Final = 0.5
"""Speed of this clock, in seconds per second, while the machine's clock is behind."""


def _time_of_day() -> datetime:
    return datetime.now(UTC)


class SystemClock:
    """The machine's time; if that is set back, this clock runs slowly until both agree.

    It never goes back, and is right at once after the machine has slept.
    """

    def __init__(
        self,
        time_of_day: Callable[[], datetime] = _time_of_day,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take functions for the machine's time in UTC and for elapsed seconds."""
        self._time_of_day = time_of_day
        self._elapsed = elapsed
        self._last = time_of_day()
        self._looked = elapsed()

    def now(self) -> datetime:
        """See `application.ports.clock.Clock`."""
        looked = self._elapsed()
        slow = self._last + timedelta(seconds=(looked - self._looked) * _BACK)
        self._last = max(self._time_of_day(), slow)
        self._looked = looked
        return self._last
