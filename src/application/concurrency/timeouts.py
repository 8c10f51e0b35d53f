"""Time limits of the service's internal waits, and functions that apply limits.

The limit for making a film is a setting: `BACHATA_ASSEMBLY_TIMEOUT`. Adapters contain the limits of
the network.
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
"""Maximum seconds that cancelled work may take to end; after that it is abandoned."""
UPLOAD_QUEUE_WAIT: Final = 60.0
"""Maximum seconds that an upload waits for its check; a check takes some seconds."""
FETCH_QUEUE_WAIT: Final = 900.0
"""Maximum seconds that a file waits for a download place; 500 MB take some minutes."""
REMINDER: Final = 30.0
"""Seconds between two log lines about a wait without limit."""


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """Maximum seconds of waits, which end with `WaitedTooLong` or with a line in the log."""

    start: float = 600.0
    """For opening all parts of the service; migrating a large database may be part of it."""
    answer: float = 90.0
    """For a request that only reads or writes records."""
    work: float = 60.0
    """For a request that makes something, in addition to `BACHATA_ASSEMBLY_TIMEOUT`."""
    reader: float = 600.0
    """For a client to read the next bytes of an answer."""
    heartbeat: float = 10.0
    """For a stream of events to be silent; then it sends a sign of life."""
    event_reader: float = 30.0
    """For a client to read the next bytes of a stream of events."""
    leaving: float = 45.0
    """For a cancelled request or background work to end; after that it is abandoned.

    Work that runs to completion may take `shielding.PATIENCE` and `LEAVING` more.
    """
    closing: float = 2.0
    """For each part of the service to close when the process ends."""
    upload_queue_wait: float = UPLOAD_QUEUE_WAIT
    """For a received upload to be checked, while others are."""
    background: float = 1800.0
    """For one piece of work in the background."""


_abandoned: Final[set[asyncio.Future[Any]]] = set()
"""Abandoned work; the event loop itself only keeps weak references."""


@asynccontextmanager
async def limited(awaited: str, seconds: float | None) -> AsyncGenerator[None]:
    """Cancel the block after ``seconds``, and raise `WaitedTooLong`, which names ``awaited``.

    Use this only for code that ends when it is cancelled; otherwise use `within`.
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
    """Hold a place of ``gate``; raises `WaitedTooLong` if none becomes free within ``seconds``."""
    async with limited(awaited, seconds):
        await gate.acquire()
    try:
        yield
    finally:
        gate.release()


async def within(
    awaited: str, seconds: float, work: Coroutine[Any, Any, T], leaving: float = LEAVING
) -> T:
    """Return the result of ``work``; raises `WaitedTooLong` after ``seconds`` even if it does not
    end.

    After the limit, or if the caller is cancelled, the work is cancelled; if it has not ended
    ``leaving`` seconds later, it is abandoned.
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
    if await stopped(task, awaited, leaving) and not task.cancelled():
        # It succeeded or failed at the last moment.
        return task.result()
    raise WaitedTooLong(awaited, seconds)


async def stopped(work: "asyncio.Future[Any]", awaited: str, seconds: float) -> bool:
    """Wait as `ended` does, and raise `asyncio.CancelledError` if the wait was cancelled.

    Use this wherever the caller goes on afterwards, such as in a loop, which would otherwise never
    hear of its cancellation.
    """
    caller = asyncio.current_task()
    before = caller.cancelling() if caller else 0
    over = await ended(work, awaited, seconds)
    if caller is not None and caller.cancelling() > before:
        raise asyncio.CancelledError
    return over


async def ended(work: "asyncio.Future[Any]", awaited: str, seconds: float) -> bool:
    """Wait until ``work`` has ended, even if the wait is cancelled; return True if it has.

    After ``seconds`` it is abandoned. Its errors are ignored. The caller does not hear of the
    cancellation of its wait, so it must end soon; a loop uses `stopped`.
    """
    if not await passed(work, seconds):
        abandon(work, awaited, seconds)
        return False
    _retrieve_outcome(work)
    return True


async def passed(work: "asyncio.Future[Any]", seconds: float) -> bool:
    """Wait up to ``seconds`` for ``work``, even if the wait is cancelled; return
    True if it ended.
    """
    clock = asyncio.get_running_loop().time
    until = clock() + seconds
    while not work.done() and (remainder := until - clock()) > 0:
        try:
            # Shielded, because a cancelled scope of anyio cancels repeatedly.
            with CancelScope(shield=True):
                await asyncio.wait({work}, timeout=remainder)
        except asyncio.CancelledError:
            continue
    return work.done()


def abandon(work: "asyncio.Future[Any]", awaited: str, seconds: float) -> None:
    """Stop waiting for ``work``, and log its current position in the code."""
    where = stack_of(work) if isinstance(work, asyncio.Task) else []
    facts = {"awaited": awaited, "seconds": seconds, "stack": where}
    _log.error("work that does not end is abandoned: %s", awaited, extra=facts)
    _abandoned.add(work)
    work.add_done_callback(_abandoned.discard)
    work.add_done_callback(_retrieve_outcome)


async def reminded(work: "asyncio.Future[Any]", awaited: str, every: float = REMINDER) -> None:
    """Wait without limit for ``work``; logs at intervals that the wait continues."""
    seconds = 0.0
    while not work.done():
        await asyncio.wait({work}, timeout=every)
        seconds += every
        if not work.done():
            facts = {"awaited": awaited, "seconds": seconds}
            _log.warning("still waiting for %s", awaited, extra=facts)


def stack_of(task: "asyncio.Task[Any]") -> list[str]:
    """Return the current call stack of a task, as "file:line function", outermost first."""
    places: list[str] = []
    awaiting: Any = task.get_coro()
    while awaiting is not None:
        frame = getattr(awaiting, "cr_frame", None) or getattr(awaiting, "ag_frame", None)
        if frame is not None:
            code = frame.f_code
            places.append(f"{code.co_filename}:{frame.f_lineno} {code.co_name}")
        awaiting = getattr(awaiting, "cr_await", None) or getattr(awaiting, "ag_await", None)
    return places


def _retrieve_outcome(work: "asyncio.Future[Any]") -> None:
    """Retrieve the outcome, so that asyncio does not log it as never retrieved."""
    if not work.cancelled():
        work.exception()
