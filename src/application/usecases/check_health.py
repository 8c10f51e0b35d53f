"""Ask every part of the service whether it is ready."""

import logging
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from domain.errors import BachataError

_log = logging.getLogger("bachata.health")


class PartHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How one part is."""

    ready: bool
    detail: str


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How the service is."""

    ready: bool
    parts: dict[str, PartHealth]


class CheckHealth:
    """Whether the service can do its work, part by part."""

    def __init__(self, parts: Mapping[str, Callable[[], Awaitable[str]]]) -> None:
        """Take a question to each part, which says what it is or raises."""
        self._parts = parts

    async def __call__(self) -> Health:
        """Return every part's state; the service is ready when all are."""
        parts = {name: await _asked(ask) for name, ask in self._parts.items()}
        return Health(ready=all(part.ready for part in parts.values()), parts=parts)


async def _asked(ask: Callable[[], Awaitable[str]]) -> PartHealth:
    try:
        return PartHealth(ready=True, detail=await ask())
    except BachataError as error:
        return PartHealth(ready=False, detail=str(error))
    except Exception:
        _log.exception("a part could not be asked")
        return PartHealth(ready=False, detail="It could not be asked; the log says why.")
