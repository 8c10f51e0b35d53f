"""Time limits of the service's own waits, and waiting within one.

A limit of a person's own work is a setting: `BACHATA_ASSEMBLY_TIMEOUT`. The network's limits are
with the adapters that use it.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import msgspec
from anyio import CancelScope

from domain.shared.errors import WaitedTooLong

T = TypeVar("T")

_log = logging.getLogger("bachata.timeouts")

LEAVING: Final = 10.0
"""Seconds that work may take to end once it was cancelled; then it is abandoned."""
UPLOAD_TURN: Final = 60.0
"""Seconds that an upload waits for a place to be looked into; one takes some seconds."""
FETCH_TURN: Final = 900.0
"""Seconds that a file waits for a place to be fetched; 500 MB take some minutes."""
REMINDER: Final = 30.0
"""Seconds between two lines of the log about a wait that has no limit."""


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds until a wait ends with `WaitedTooLong`, or with a line of the log."""

    start: float = 600.0
    """For all parts of the service to open; tables of a large database may change meanwhile."""
    answer: float = 90.0
    """For a request that only reads or writes records to get on."""
    work: float = 60.0
    """For a request that makes something to get on, beyond `BACHATA_ASSEMBLY_TIMEOUT`."""
    reader: float = 600.0
    """For a client to take the next bytes of an answer."""
    leaving: float = 45.0
    """For a request, or work in the background, that was cancelled to end; then it is abandoned.

    What is carried to its end takes up to `uncancelled.PATIENCE` and `LEAVING` after that.
    """
    closing: float = 2.0
    """For each part of the service to close when the process ends."""
    upload_turn: float = UPLOAD_TURN
    """For an upload that has arrived to be looked into, while others are."""
    background: float = 1800.0
    """For one piece of work in the background."""


_abandoned: Final[set[asyncio.Future[Any]]] = set()
"""Work that nobody waits for any more; the event loop itself only keeps weak references."""


@asynccontextmanager
async def limited(awaited: str, seconds: float | None) -> AsyncGenerator[None]:
    """Cancel what is done inside after ``seconds``, and raise `WaitedTooLong` for ``awaited``.

    Only for what ends when it is cancelled; for anything else there is `within`.
    """
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if seconds is None or not limit.expired():
            raise
        raise WaitedTooLong(awaited, seconds) from error


@asynccontextmanager
async def place_in(
    gate: asyncio.Semaphore | asyncio.Lock, awaited: str, seconds: float
) -> AsyncGenerator[None]:
    """Hold a place of ``gate``; raises `WaitedTooLong` when none is free within ``seconds``."""
    async with limited(awaited, seconds):
        await gate.acquire()
    try:
        yield
    finally:
        gate.release()


async def within(
    awaited: str, seconds: float, work: Coroutine[Any, Any, T], leaving: float = LEAVING
) -> T:
    """Return the result of ``work``, or raise `WaitedTooLong` whether it ends or not.

    Over time it is cancelled; what has not ended ``leaving`` seconds later is abandoned. The same
    happens when the caller is cancelled.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        task.cancel()
        await ended(task, awaited, leaving)
        raise
    if task.done():
        return task.result()
    task.cancel()
    if await ended(task, awaited, leaving) and not task.cancelled():
        # It was done, or failed, at the last moment.
        return task.result()
    raise WaitedTooLong(awaited, seconds)


async def ended(work: "asyncio.Future[Any]", awaited: str, seconds: float) -> bool:
    """Wait until ``work`` has ended, however often the wait is cancelled; say whether it has.

    After ``seconds`` it is abandoned. What it raises is nobody's any more.
    """
    if not await passed(work, seconds):
        abandon(work, awaited, seconds)
        return False
    _heard(work)
    return True


async def passed(work: "asyncio.Future[Any]", seconds: float) -> bool:
    """Wait up to ``seconds`` for ``work``, however often the wait is cancelled; say if it ended."""
    clock = asyncio.get_running_loop().time
    until = clock() + seconds
    while not work.done() and (left := until - clock()) > 0:
        try:
            # Shielded: a cancelled scope of anyio cancels again and again.
            with CancelScope(shield=True):
                await asyncio.wait({work}, timeout=left)
        except asyncio.CancelledError:
            continue
    return work.done()


def abandon(work: "asyncio.Future[Any]", awaited: str, seconds: float) -> None:
    """Wait no longer for ``work``; the log says where it stands."""
    where = stack_of(work) if isinstance(work, asyncio.Task) else []
    facts = {"awaited": awaited, "seconds": seconds, "stack": where}
    _log.error("work that does not end is abandoned: %s", awaited, extra=facts)
    _abandoned.add(work)
    work.add_done_callback(_abandoned.discard)
    work.add_done_callback(_heard)


async def reminded(work: "asyncio.Future[Any]", awaited: str, every: float = REMINDER) -> None:
    """Wait for what must not be given up; the log says again and again that it is awaited."""
    seconds = 0.0
    while not work.done():
        await asyncio.wait({work}, timeout=every)
        seconds += every
        if not work.done():
            facts = {"awaited": awaited, "seconds": seconds}
            _log.warning("still waiting for %s", awaited, extra=facts)


def stack_of(task: "asyncio.Task[Any]") -> list[str]:
    """Where a task stands, as "file:line function" from the outside in."""
    places: list[str] = []
    awaiting: Any = task.get_coro()
    while awaiting is not None:
        frame = getattr(awaiting, "cr_frame", None) or getattr(awaiting, "ag_frame", None)
        if frame is not None:
            code = frame.f_code
            places.append(f"{code.co_filename}:{frame.f_lineno} {code.co_name}")
        awaiting = getattr(awaiting, "cr_await", None) or getattr(awaiting, "ag_await", None)
    return places


def _heard(work: "asyncio.Future[Any]") -> None:
    """Ask how it ended, so that asyncio does not complain that nobody did."""
    if not work.cancelled():
        work.exception()
