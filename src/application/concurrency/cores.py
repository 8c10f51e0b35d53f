"""The number of cores this process may use."""

import os
from collections.abc import Callable


def usable_cores() -> int:
    """Cores that this process may run on: 1 or more.

    Linux says which cores a process is tied to, Python 3.13 counts them everywhere; on other
    systems with an older Python it is the number of the machine's cores.
    """
    counted: Callable[[], int | None] | None = getattr(os, "process_cpu_count", None)
    if counted is not None:
        return counted() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
