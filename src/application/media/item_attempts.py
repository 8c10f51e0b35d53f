"""Work on many items, of which one that fails stops no other."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

import msgspec

from application.media.disk_errors import disk_errors
from domain.shared.errors import (
    BachataError,
    Broken,
    DiskFull,
    DiskReadOnly,
    FFmpegMissing,
    InvalidRequest,
    NotReady,
    WaitedTooLong,
)

_log = logging.getLogger("bachata.items")

UNEXPECTED: Final = "internal-error"
"""Code of a failure that is no error of the product."""

_OF_ALL: Final = (DiskFull, DiskReadOnly, FFmpegMissing, NotReady)
_LONGEST: Final = 500
"""Characters of a reason."""
_LAST: Final = 2
"""Lines of a failure's details that are told: the last ones say what ended the work."""

Check = Callable[[Exception], Awaitable[object]]
"""Raises what makes every other item fail, too, after one has failed with an error."""


class ItemFailure(msgspec.Struct, frozen=True, kw_only=True):
    """An item that failed, and why."""

    item: str
    """Its id, or the path of a file."""
    code: str
    """Stable code of the error, such as `storage-failed`, or `internal-error`."""
    message: str


class ItemAttempts:
    """Attempts one piece of work for each of many items, in any number at once.

    Calling it raises nothing that is wrong with one item alone: such failures are logged and kept
    in `failures`, whatever is raised. It raises what every other item would meet as well: a
    cancellation, a full or read-only disk, a database that is away, a missing FFmpeg, and whatever
    ``check`` raises.
    """

    def __init__(self, work: str, check: Check | None = None) -> None:
        """Take what the work is, such as "deleting the file", and what else stops it."""
        self._work = work
        self._check = check
        self._failures: list[ItemFailure] = []

    @property
    def failures(self) -> tuple[ItemFailure, ...]:
        """The items that have failed so far, in the order in which they did."""
        return tuple(self._failures)

    async def __call__(self, item: str, work: Coroutine[Any, Any, object]) -> bool:
        """Await ``work`` for ``item``; return whether it ended well."""
        failure = await attempt(self._work, item, work, self._check)
        if failure is not None:
            self._failures.append(failure)
        return failure is None


async def attempt(
    what: str, item: str, work: Coroutine[Any, Any, object], check: Check | None = None
) -> ItemFailure | None:
    """Await ``work`` for one item of many, and return why it failed, where it did.

    Raises as `ItemAttempts` does; ``what`` it is the log is told.
    """
    try:
        with disk_errors():
            await work
    except asyncio.CancelledError as error:
        if _is_cancelled():
            raise
        # What the work awaited was cancelled, not the work.
        cut_off = RuntimeError("what it waited for was cancelled")
        cut_off.__cause__ = error
        return _logged(what, item, cut_off)
    except Exception as error:
        if stops_all(error):
            raise
        if check is not None:
            await check(error)
        return _logged(what, item, error)
    return None


def stops_all(error: Exception) -> bool:
    """Return True if every other item meets this error, too."""
    return isinstance(error, _OF_ALL) and not isinstance(error, WaitedTooLong)


def _logged(what: str, item: str, error: Exception) -> ItemFailure:
    failure = failure_of_item(item, error, f"{what} {item!r}")
    facts = {"item": item, "code": failure.code}
    _log.warning("%s %r failed: %s", what, item, failure.message, extra=facts)
    return failure


def failure_of_item(item: str, error: Exception, work: str) -> ItemFailure:
    """Say why ``work`` on an item failed."""
    return ItemFailure(item=item, code=code_of(error), message=reason_of(error, work))


def code_of(error: Exception) -> str:
    """The stable code of an error."""
    return error.code if isinstance(error, BachataError) else UNEXPECTED


def reason_of(error: Exception, work: str) -> str:
    """Say in a sentence or two why ``work`` failed, in text that any database can store.

    An error that is none of the product is logged with its trace.
    """
    if isinstance(error, BachataError):
        lines = [str(error)]
        if isinstance(error, InvalidRequest):
            lines = [f"{each.path}: {each.message}" for each in error.violations]
        elif isinstance(error, Broken) and error.details:
            lines += [line for line in error.details.splitlines() if line.strip()][-_LAST:]
    elif isinstance(error, OSError):
        lines = [str(error) or type(error).__name__]
    else:
        _log.error("%s failed", work, exc_info=error)
        lines = [f"The service failed at this item ({type(error).__name__}); see its log."]
    text = " ".join(lines).encode(errors="replace").decode().replace("\0", "?")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _is_cancelled() -> bool:
    """Return True if the running task is being cancelled itself."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
