"""Work that is carried to its end, however often its caller is cancelled meanwhile."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from anyio import CancelScope

from application.concurrency.timeouts import LEAVING, abandon
from domain.shared.errors import WaitedTooLong

T = TypeVar("T")

_log = logging.getLogger("bachata.concurrency")

PATIENCE: Final = 30.0
"""Seconds that such work may still take once its caller is to end."""
LIMIT: Final = 3600.0
"""Seconds that such work may take at most: a large film on its way to a slow storage."""


async def finish_even_if_cancelled(
    work: Coroutine[Any, Any, T],
    patience: float = PATIENCE,
    *,
    limit: float = LIMIT,
    leaving: float = LEAVING,
) -> T:
    """Await ``work`` and return its result, or raise what it raises.

    If the caller is cancelled meanwhile, the work still runs to its end, and the cancellation is
    raised then, with the work's failure as its cause if there was one; so a caller that has to know
    whether the work was done notes it inside the work.

    Work that has not ended ``patience`` seconds after the cancellation, or after ``limit`` seconds,
    is cancelled itself, and abandoned when it has not ended ``leaving`` seconds later. Raises
    `WaitedTooLong` where the limit was passed.
    """
    awaited = getattr(work, "__qualname__", "work").replace(".<locals>", "")
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    given_up = False
    clock = asyncio.get_running_loop().time
    until = clock() + limit
    while not task.done():
        try:
            # A cancelled scope of anyio cancels again and again: once is enough.
            with CancelScope(shield=cancelled is not None):
                await asyncio.wait({task}, timeout=max(0.0, until - clock()))
        except asyncio.CancelledError as error:
            if cancelled is None and not given_up:
                until = min(until, clock() + patience)
            cancelled = error
        if task.done() or clock() < until:
            continue
        if given_up:
            abandon(task, awaited, leaving)
            raise cancelled or WaitedTooLong(awaited, limit)
        task.cancel()
        given_up, until = True, clock() + leaving
    if given_up and cancelled is None and task.cancelled():
        raise WaitedTooLong(awaited, limit)
    if cancelled is not None:
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            _log.warning("%s failed after its caller was cancelled", awaited, exc_info=failure)
        raise cancelled from failure
    return task.result()
