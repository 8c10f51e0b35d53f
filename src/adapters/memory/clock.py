"""A clock that is set by hand."""

from datetime import UTC, datetime, timedelta


class MemoryClock:
    """Returns the time it was set to, plus one millisecond for each call."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        """See `application.ports.clock.Clock`."""
        self._now += timedelta(milliseconds=1)
        return self._now

    def advance(self, by: timedelta) -> None:
        """Advance the time."""
        self._now += by
