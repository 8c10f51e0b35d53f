"""A file and its entry in the library, kept together or not at all."""

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from application.ports.storage import Storage
from application.threads import HASHING
from application.uncancelled import to_the_end
from domain.errors import Conflict, MediaTaken

_DIGITS = 16
"""Hexadecimal digits that tell the contents of two files of one id apart."""


async def fingerprint(source: Path) -> str:
    """Digits that differ when the contents of two files do."""
    return (await digest_of(source))[:_DIGITS]


async def digest_of(source: Path) -> str:
    """SHA-256 of the contents of a local file, in hexadecimal digits."""

    def digest() -> str:
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    return await HASHING.run(digest)


async def keep(
    storage: Storage,
    source: Path,
    path: str,
    enter: Callable[[], Awaitable[None]],
    *,
    spare: bool = False,
) -> None:
    """Store ``source`` at ``path``, which names its contents, then ``enter`` it.

    Nobody changes a ``spare`` source any more.

    The same contents may be there already, left by a process that died before the entry. Without
    the entry the file goes again, unless somebody else has entered it meanwhile.
    """

    async def both() -> None:
        ours = True
        try:
            await storage.put(source, path, spare=spare)
        except MediaTaken:
            ours = False
        try:
            await enter()
        except Conflict:
            raise
        except BaseException:
            if ours:
                await storage.delete(path)
            raise

    await to_the_end(both())
