"""Check that every part of the service is ready."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec

from application.media.disk_errors import disk_errors
from domain.shared.errors import BachataError

_log = logging.getLogger("bachata.health")

LIMIT: Final = 2.0
"""Maximum seconds for the answer of a part."""
CACHE_SECONDS: Final = 30.0
"""Seconds for which the answer of a part that writes is cached."""

Ask = Callable[[], Awaitable[str]]


class PartHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one part."""

    ready: bool
    detail: str
    """A description of the part, or the reason why it is not ready."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the service."""

    ready: bool
    """True if all parts are ready."""
    parts: dict[str, PartHealth]
    """The state of each part, by its name."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the service, and its check."""

    ask: Ask
    """Returns a description of the part, or raises."""
    waits_for: str
    """The resource that a missing answer waits for, in a message for users."""
    writes: bool = False
    """True if the check writes to a disk or a bucket."""


class CheckHealth:
    """Checks part by part if the service is ready.

    The checks run in parallel, each with its own limit. A check that exceeds its limit continues,
    and later requests wait for the same check, so that a hanging part is checked only once. The
    answer of a part that writes is cached.
    """

    def __init__(
        self,
        parts: Mapping[str, Part],
        limit: float = LIMIT,
        cache_seconds: float = CACHE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the parts, both limits in seconds, and a monotonic clock."""
        self._questions = {
            name: _Question(part, cache_seconds, clock) for name, part in parts.items()
        }
        self._limit = limit

    async def __call__(self) -> Health:
        """Return every part's state; the service is ready if all parts are."""
        answers = [each.answer(self._limit) for each in self._questions.values()]
        parts = dict(zip(self._questions, await asyncio.gather(*answers), strict=True))
        return Health(ready=all(part.ready for part in parts.values()), parts=parts)


class _Question:
    """The check of one part, running or cached."""

    def __init__(self, part: Part, cache_seconds: float, clock: Callable[[], float]) -> None:
        self._part = part
        self._cache_seconds = cache_seconds if part.writes else 0.0
        self._clock = clock
        self._asked_at = 0.0
        self._answered_at = 0.0
        self._answer: asyncio.Task[PartHealth] | None = None

    async def answer(self, limit: float) -> PartHealth:
        """Return the state of the part, or that it has not answered within ``limit`` seconds."""
        answer = self._answer
        if answer is None or (answer.done() and not self._is_kept(answer)):
            self._asked_at = self._clock()
            answer = self._answer = asyncio.create_task(self._ask())
        await asyncio.wait({answer}, timeout=limit)
        if answer.done() and not answer.cancelled():
            return answer.result()
        waited = max(limit, self._clock() - self._asked_at)
        return PartHealth(
            ready=False,
            detail=f"No answer after {waited:.0f} s; it waits for {self._part.waits_for}.",
        )

    def _is_kept(self, answer: asyncio.Task[PartHealth]) -> bool:
        return not answer.cancelled() and self._clock() - self._answered_at < self._cache_seconds

    async def _ask(self) -> PartHealth:
        try:
            return await answer_of(self._part.ask)
        finally:
            self._answered_at = self._clock()


async def answer_of(ask: Ask) -> PartHealth:
    """Return the part's description, or the reason why it is not ready."""
    try:
        with disk_errors():
            return PartHealth(ready=True, detail=await ask())
    except BachataError as error:
        return PartHealth(ready=False, detail=" ".join(filter(None, (str(error), error.details))))
    except Exception:
        _log.exception("a part could not be asked")
        return PartHealth(ready=False, detail="The check failed; see the log.")
