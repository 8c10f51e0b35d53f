"""Count the cores that this process may use."""

import os
from collections.abc import Callable


def usable_cores() -> int:
    """Return the number of cores that this process may run on, at least 1.

    Linux reports the cores that a process is bound to; Python 3.13 does so on every system.
    Elsewhere this is the number of the machine's cores.
    """
    counted: Callable[[], int | None] | None = getattr(os, "process_cpu_count", None)
    if counted is not None:
        return counted() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
