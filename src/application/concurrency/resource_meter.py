"""The resources that the current work uses, in threads and in programs."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from domain.rendering.used_resources import UsedResources


class ResourceMeter:
    """Sums the resources of one piece of work; any thread may call its methods."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._lock = threading.Lock()
        self._cpu_seconds = 0.0
        self._peak_memory = 0
        self._held: dict[object, int] = {}
        """Memory of each running program, in bytes."""

    @property
    def used(self) -> UsedResources:
        """The resources so far; the processor time of a running program is not part of them."""
        with self._lock:
            return UsedResources(
                cpu_seconds=round(self._cpu_seconds, 3), peak_memory_bytes=self._peak_memory
            )

    def computed(self, seconds: float) -> None:
        """Add processor time."""
        with self._lock:
            self._cpu_seconds += seconds

    def holds(self, program: object, memory: int) -> None:
        """Set the memory in bytes that a running program holds, or has held at most."""
        with self._lock:
            self._held[program] = memory
            self._peak_memory = max(self._peak_memory, sum(self._held.values()))

    def ended(self, program: object) -> None:
        """Forget the memory of a program that has ended."""
        with self._lock:
            self._held.pop(program, None)


_CURRENT: Final[ContextVar[ResourceMeter | None]] = ContextVar("resource meter", default=None)


@contextmanager
def measured_by(meter: ResourceMeter) -> Generator[None]:
    """Measure the work within the context, and the tasks and threads that it starts."""
    before = _CURRENT.set(meter)
    try:
        yield
    finally:
        _CURRENT.reset(before)


def current_meter() -> ResourceMeter | None:
    """Return the meter of the current work; None if nobody measures it."""
    return _CURRENT.get()
