"""The priority of the current work for the processor."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_LOW: Final = ContextVar("low priority", default=False)


@contextmanager
def low_priority() -> Generator[None]:
    """Let the work within the context, and the tasks that it starts, yield to all other work."""
    before = _LOW.set(True)
    try:
        yield
    finally:
        _LOW.reset(before)


def is_low() -> bool:
    """Return True if the current work yields to all other work.

    Adapters then start processes with the lowest priority, in places of their own.
    """
    return _LOW.get()


class Places:
    """Places for parallel work; that of low priority has half as many of its own."""

    def __init__(self, at_once: int) -> None:
        """Take the number of places, of which nothing waits for work of low priority."""
        self._usual = asyncio.Semaphore(at_once)
        self._low = asyncio.Semaphore(max(1, at_once // 2))

    @property
    def free(self) -> asyncio.Semaphore:
        """The places for the current work."""
        return self._low if is_low() else self._usual
