"""Limit the number of clients that watch the progress of tasks."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from domain.shared.errors import Busy, CallerBusy


class Watchers:
    """Counts open streams of events, in total and per caller."""

    def __init__(self, most: int, most_of_one: int) -> None:
        """Take the maximum number in total, and of one caller."""
        self._most = most
        self._most_of_one = most_of_one
        self._of = Counter[str]()

    @contextmanager
    def place(self, caller: str) -> Generator[None]:
        """Hold a place; raises `CallerBusy` and `Busy` at once if there is none."""
        if self._of[caller] >= self._most_of_one:
            raise CallerBusy(
                f"You have {self._most_of_one} open streams of events, which is the most for one "
                "caller (BACHATA_MAX_STREAMS_OF_CALLER); close one of them."
            )
        if self._of.total() >= self._most:
            raise Busy(
                f"{self._most} streams of events are open, which is the most at once "
                "(BACHATA_MAX_STREAMS); try again in a while."
            )
        self._of[caller] += 1
        try:
            yield
        finally:
            self._of[caller] -= 1
            if not self._of[caller]:
                del self._of[caller]
