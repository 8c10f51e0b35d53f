"""What time it is."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time of day."""

    def now(self) -> datetime:
        """Return the moment, in UTC with its zone; never earlier than the one before."""
        ...
