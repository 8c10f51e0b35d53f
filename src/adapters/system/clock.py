"""The machine's clock."""

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Starts from the time of day and then only goes forward, whatever is done to the machine's."""

    def __init__(self) -> None:
        self._start = datetime.now(UTC)
        self._started = time.monotonic()

    def now(self) -> datetime:
        """See `application.ports.clock.Clock`."""
        return self._start + timedelta(seconds=time.monotonic() - self._started)
