"""Run work to completion even if its caller is cancelled."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from anyio import CancelScope

from application.concurrency.timeouts import LEAVING, abandon
from domain.shared.errors import BachataError, WaitedTooLong

T = TypeVar("T")

_log = logging.getLogger("bachata.concurrency")

PATIENCE: Final = 30.0
"""Maximum seconds that such work may continue after the cancellation of its caller."""
LIMIT: Final = 3600.0
"""Maximum seconds of such work in total: uploading a large film to a slow storage."""


async def finish_even_if_cancelled(
    work: Coroutine[Any, Any, T],
    patience: float = PATIENCE,
    *,
    limit: float = LIMIT,
    leaving: float = LEAVING,
) -> T:
    """Await ``work`` and return its result, or raise its error.

    If the caller is cancelled, the work still runs to completion and `CancelledError` is raised
    afterwards, with the error of the work as its cause if it failed. A caller that needs to know
    whether the work completed must record it inside the work.

    Work that has not ended ``patience`` seconds after the cancellation, or after ``limit`` seconds,
    is cancelled, and abandoned if it has not ended ``leaving`` seconds later. Raises
    `WaitedTooLong` if the limit was exceeded.
    """
    awaited = getattr(work, "__qualname__", "work").replace(".<locals>", "")
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    given_up = False
    clock = asyncio.get_running_loop().time
    until = clock() + limit
    while not task.done():
        try:
            # A cancelled scope of anyio cancels repeatedly, so shield after the first time.
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
            # An error of the product says all in its message.
            trace = None if isinstance(failure, BachataError) else failure
            facts = (awaited, str(failure) or type(failure).__name__)
            _log.warning("%s failed after its caller was cancelled: %s", *facts, exc_info=trace)
        raise cancelled from failure
    return task.result()
