"""Work that is carried to its end, however often its caller is cancelled meanwhile."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")

PATIENCE: Final = 30.0
"""Seconds that such work may still take once its caller is to end."""


async def to_the_end(work: Coroutine[Any, Any, T], patience: float = PATIENCE) -> T:
    """Await ``work`` and return its result, or raise what it raises.

    A cancellation that arrives meanwhile waits until the work has ended well, and is raised then;
    so a caller that has to know whether the work was done notes it inside the work. Work that
    has not ended ``patience`` seconds after the cancellation is cancelled itself.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    until: float | None = None
    clock = asyncio.get_running_loop().time
    while not task.done():
        left = None if until is None else max(0.0, until - clock())
        try:
            await asyncio.wait({task}, timeout=left)
        except asyncio.CancelledError as error:
            cancelled = error
            until = until or clock() + patience
        if until is not None and clock() >= until:
            task.cancel()
            until = clock() + patience
    result = task.result()
    if cancelled is not None:
        raise cancelled
    return result
