"""Read the messages of the process of a file, which that file may have taken over."""

import asyncio
import logging
from typing import Any, Final

from adapters.media import limits
from adapters.media.messages import HEAD, LONGEST, Kind, Refusal, decode
from application.concurrency.resource_meter import current_meter
from domain.rendering.used_resources import UsedResources
from domain.shared import errors
from domain.shared.errors import Broken, TooLarge, UnacceptedMedia, UnreadableMedia

HARMED: Final = "Reading the file takes too long or too much memory, so the service refuses it."
_REFUSALS: Final = {kind.code: kind for kind in (UnreadableMedia, UnacceptedMedia, TooLarge)}
_log = logging.getLogger("bachata.media")


class MediaFault(Broken):
    """The media worker failed."""

    code = "media-worker-failed"


async def answered(answers: asyncio.StreamReader) -> tuple[list[bytes], bytes]:
    """Return the parts and the answer; raises the error that the process reports, `UnreadableMedia`
    if it reports nothing.
    """
    parts: list[bytes] = []
    try:
        while True:
            kind, length = HEAD.unpack(await answers.readexactly(HEAD.size))
            if length > LONGEST:
                raise UnreadableMedia(HARMED)
            body = await answers.readexactly(length)
            if kind == Kind.ANSWER:
                return parts, body
            if kind == Kind.REFUSAL:
                raise _refusal(body)
            if kind == Kind.USED:
                _measure(body)
                continue
            if kind == Kind.FAULT:
                _log.error("the media worker failed: %s", body.decode(errors="replace"))
                raise MediaFault
            parts.append(body)
    except asyncio.IncompleteReadError:
        raise UnreadableMedia(HARMED) from None


def _measure(body: bytes) -> None:
    """Count the resources of a process that has nearly ended; raises `UnreadableMedia`."""
    try:
        used: UsedResources = decode(body, UsedResources)
    except (ValueError, ArithmeticError):
        raise UnreadableMedia(HARMED) from None
    # A process that a file has taken over may write anything.
    if not 0 <= used.cpu_seconds <= limits.CPU_SECONDS + 1 or used.peak_memory_bytes < 0:
        raise UnreadableMedia(HARMED)
    if (meter := current_meter()) is not None:
        meter.holds(body, min(used.peak_memory_bytes, limits.MEMORY))
        meter.computed(used.cpu_seconds)
        meter.ended(body)


def _refusal(body: bytes) -> errors.BachataError:
    try:
        refusal = decode(body, Refusal)
    except (ValueError, ArithmeticError):
        return UnreadableMedia(HARMED)
    kind: Any = _REFUSALS.get(refusal.code)
    if kind is None:
        return UnreadableMedia(HARMED)
    return kind(refusal.message, details=refusal.details)
