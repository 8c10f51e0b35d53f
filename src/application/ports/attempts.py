"""Port for counting attempts."""

from datetime import timedelta
from typing import NamedTuple, Protocol


class Attempts(NamedTuple):
    """The attempts of a window of time."""

    number: int
    left: timedelta
    """Time until the window ends."""


class AttemptCounter(Protocol):
    """Counts attempts by key, for all processes together, by the clock of the store.

    A window begins with the first attempt after the end of the previous window.
    """

    async def count(self, key: str, window: timedelta) -> Attempts:
        """Count one more attempt; of several concurrent calls each gets another number."""
        ...

    async def take_back(self, key: str) -> None:
        """Count one attempt less, if there is one."""
        ...

    async def prune(self, window: timedelta) -> None:
        """Forget the keys whose windows have ended."""
        ...
