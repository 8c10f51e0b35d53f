"""Port for the current time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Returns the current time."""

    def now(self) -> datetime:
        """Return the time in UTC, with its zone; never earlier than the result of the previous
        call.
        """
        ...
