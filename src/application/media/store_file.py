"""Store a file together with its entry in the library, or neither of them."""

import hashlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from typing import Final
from uuid import uuid4

from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.threads import HASHING
from application.ports.storage import Storage
from domain.shared.errors import MediaTaken

_log = logging.getLogger("bachata.library")

_DIGITS: Final = 16
"""Number of hexadecimal digits that distinguish the contents of two files of one id."""


async def fingerprint(source: Path) -> str:
    """Return digits that differ if the contents of two files differ."""
    return (await digest_of(source))[:_DIGITS]


async def digest_of(source: Path) -> str:
    """Return the SHA-256 of a local file's contents, in hexadecimal digits."""

    def digest() -> str:
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    return await HASHING.run(digest)


def once() -> str:
    """Return a token that no other storage path contains."""
    return uuid4().hex[:12]


async def keep(
    storage: Storage,
    source: Path,
    path: str,
    enter: Callable[[], Awaitable[None]],
    give_up: Callable[[str], Awaitable[bool]],
    *,
    may_take_ownership: bool = False,
) -> None:
    """Store ``source`` at ``path``, which no other file ever uses, then call ``enter``.

    The storage ``may_take_ownership`` of a source that nobody changes any more. If something fails,
    ``give_up`` decides: either the entry exists in spite of the error, and the call succeeds, or it
    never will, and the file is deleted. If this cannot be decided, or the file cannot be deleted
    now, the file stays for recovery: a file without an entry harms less than an entry without a
    file.
    """

    async def both() -> None:
        entering = False
        try:
            # Only an earlier try of the same call can have taken the path.
            with suppress(MediaTaken):
                await storage.put(source, path, may_take_ownership=may_take_ownership)
            entering = True
            await enter()
        except BaseException as error:
            outcome = await _outcome(give_up, path) if entering else Outcome.GIVEN_UP
            if outcome is Outcome.ENTERED and isinstance(error, Exception):
                _log.warning("the record was written in spite of %r", error, extra={"path": path})
                return
            if outcome is Outcome.GIVEN_UP:
                await delete_or_leave(storage, path)
            raise

    await finish_even_if_cancelled(both())


class Outcome(Enum):
    """The outcome for an entry."""

    ENTERED = auto()
    GIVEN_UP = auto()
    UNKNOWN = auto()


async def _outcome(give_up: Callable[[str], Awaitable[bool]], path: str) -> Outcome:
    try:
        return Outcome.GIVEN_UP if await give_up(path) else Outcome.ENTERED
    except Exception as error:
        _log.warning(
            "it is unknown whether the record of a file was written: %r",
            error,
            extra={"path": path},
        )
        return Outcome.UNKNOWN


async def delete_or_leave(storage: Storage, path: str) -> None:
    """Delete an orphaned file; if that fails now, recovery deletes it later."""
    try:
        await storage.delete(path)
    except Exception as error:
        _log.warning("a file is left to recovery: %r", error, extra={"path": path})
