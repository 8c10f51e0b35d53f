"""Where media bytes live."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import msgspec


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a stored file without reading it."""

    size: int
    """Bytes."""
    etag: str
    """Differs whenever the bytes do; no quotes."""


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a folder."""

    path: str
    size: int
    """Bytes."""
    age: timedelta
    """Since it was stored, by the storage's own clock where it tells one."""


class Storage(Protocol):
    """Files by storage path.

    A file is visible whole or not at all, and never changes once it is there. Every method raises
    `UnsafePath` for a path that `domain.shared.paths` refuses or that would leave the storage by a
    link, and `StorageFailed` when the storage itself fails, or `WaitedTooLong` when it does not
    answer.
    """

    async def fetch(self, path: str, into: Path) -> None:
        """Copy a file to a local one; raises `MediaNotFound` and then leaves nothing there."""
        ...

    async def put(self, source: Path, path: str, *, may_take_ownership: bool = False) -> None:
        """Keep a local file for good; raises `MediaTaken` when there is one at this path.

        Where this raises anything else the file may have been stored, or be stored later.
        The storage ``may_take_ownership`` of a source that nobody changes any more: it may keep it
        as it is, without a copy.
        """
        ...

    async def describe(self, path: str) -> Stored:
        """Look a file up, or raise `MediaNotFound`."""
        ...

    def read(self, path: str, first: int, length: int) -> AsyncIterator[bytes]:
        """Yield ``length`` bytes from byte ``first`` on; raises `MediaNotFound` at the start.

        They are of one file: where one that is deleted meanwhile cannot be read to its end, this
        raises `StorageFailed`.
        """
        ...

    async def delete(self, path: str) -> None:
        """Forget a file; one that is not there is no error."""
        ...

    def files(self, folder: str) -> AsyncIterator[StoredFile]:
        """Yield the files in a folder and in those below it, in no order.

        Those are left out whose paths cannot be told from the names that they are kept by, and
        those that come or go meanwhile may be.
        """
        ...

    async def link(self, path: str, name: str, seconds: int) -> str | None:
        """An address that anybody can read the file at for so many seconds, and save as ``name``.

        None where a storage has no addresses. Nobody looks whether the file is there.
        """
        ...

    async def ready(self) -> str:
        """Write and read a little, and say where media lies; or raise `StorageFailed`."""
        ...
