"""Port for the storage of media files."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import msgspec


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """Properties of a stored file."""

    size: int
    """Size in bytes."""
    etag: str
    """Changes whenever the bytes change; without quotes."""


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a folder."""

    path: str
    size: int
    """Size in bytes."""
    age: timedelta
    """Age by the storage's own clock, if it has one."""


class Storage(Protocol):
    """Stores files by storage path.

    A file becomes visible only when it is complete, and never changes. Every method raises
    `UnsafePath` for a path that `domain.shared.paths` refuses or that would leave the storage
    through a link, `StorageFailed` if the storage fails, and `WaitedTooLong` if it does not answer.
    """

    async def fetch(self, path: str, into: Path) -> None:
        """Copy a file to the local path ``into``; raises `MediaNotFound` and
        leaves nothing there.
        """
        ...

    async def put(self, source: Path, path: str, *, may_take_ownership: bool = False) -> None:
        """Store a local file permanently; raises `MediaTaken` if the path has a file.

        After any other error the file may have been stored, or may be stored later. The storage
        ``may_take_ownership`` of a source that nobody changes any more: it may then keep the file
        itself instead of a copy.
        """
        ...

    async def describe(self, path: str) -> Stored:
        """Return the properties of a file; raises `MediaNotFound`."""
        ...

    def read(self, path: str, first: int, length: int) -> AsyncIterator[bytes]:
        """Yield ``length`` bytes from byte ``first`` on; raises `MediaNotFound` at the start.

        All bytes are of one file: if it is deleted and cannot be read to its end, this raises
        `StorageFailed`.
        """
        ...

    async def open(self, path: str) -> int | None:
        """Return the descriptor of a file on the local disk, which the caller closes.

        None if the files lie elsewhere. Raises `MediaNotFound` as `read` does, and may be read to
        its end even if the file is deleted.
        """
        ...

    async def delete(self, path: str) -> None:
        """Delete a file; a missing one is no error."""
        ...

    def files(self, folder: str) -> AsyncIterator[StoredFile]:
        """Yield the files in a folder and its subfolders, in no order.

        Files whose stored names do not reveal their paths are omitted; files that appear or
        disappear during the listing may be.
        """
        ...

    async def link(self, path: str, name: str, seconds: int) -> str | None:
        """Return a URL that lets anybody read the file for ``seconds`` and save it as ``name``.

        None if the storage has no URLs. This does not check that the file exists.
        """
        ...

    async def ready(self) -> str:
        """Write and read a test file, and return the place of the media; raises `StorageFailed`."""
        ...
