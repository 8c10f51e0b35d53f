"""Media files in memory."""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from anyio.lowlevel import checkpoint

from application.media.disk_errors import translated
from application.ports.storage import Stored, StoredFile
from domain.shared import paths
from domain.shared.errors import BachataError, MediaNotFound, MediaTaken, StorageFailed, UnsafePath

CHUNK: Final = 256 * 1024
"""Bytes per read."""


class MemoryStorage:
    """Stores bytes by storage path.

    As on a disk a path is a file or a folder, not both, and `.incoming` is not accessible.
    """

    def __init__(
        self,
        objects: Mapping[str, bytes] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Start with ``objects``, bytes by storage path, and a clock."""
        self.objects: dict[str, bytes] = dict(objects or {})
        """Stored bytes by storage path."""
        self._now = now
        self._start = now()
        self._since: dict[str, datetime] = {}

    async def fetch(self, path: str, into: Path) -> None:
        """See `application.ports.storage.Storage`."""
        _write(into, await self._object(path), path)

    async def put(self, source: Path, path: str, *, may_take_ownership: bool = False) -> None:
        """See `application.ports.storage.Storage`."""
        await checkpoint()
        content = _content(source, _checked(path))
        above = path.split("/")[:-1]
        folders = {"/".join(above[: depth + 1]) for depth in range(len(above))}
        if any(key == path or key in folders or key.startswith(f"{path}/") for key in self.objects):
            raise MediaTaken
        self.objects[path] = content
        self._since[path] = self._now()

    async def describe(self, path: str) -> Stored:
        """See `application.ports.storage.Storage`."""
        content = await self._object(path)
        return Stored(size=len(content), etag=hashlib.sha256(content).hexdigest())

    async def read(self, path: str, first: int, length: int) -> AsyncIterator[bytes]:
        """See `application.ports.storage.Storage`."""
        content = (await self._object(path))[first : first + length]
        for start in range(0, len(content), CHUNK):
            yield content[start : start + CHUNK]
            await checkpoint()

    async def open(self, path: str) -> None:
        """See `application.ports.storage.Storage`; nothing lies on a disk."""
        await checkpoint()
        _checked(path)

    async def delete(self, path: str) -> None:
        """See `application.ports.storage.Storage`."""
        await checkpoint()
        self.objects.pop(_checked(path), None)

    async def files(self, folder: str) -> AsyncIterator[StoredFile]:
        """See `application.ports.storage.Storage`."""
        await checkpoint()
        start = f"{_checked(folder)}/"
        for path, content in list(self.objects.items()):
            if path.startswith(start):
                age = self._now() - self._since.get(path, self._start)
                yield StoredFile(path=path, size=len(content), age=age)

    async def link(self, path: str, name: str, seconds: int) -> str | None:
        """See `application.ports.storage.Storage`; memory has no URLs."""
        await checkpoint()
        _checked(path)
        return None

    async def ready(self) -> str:
        """See `application.ports.storage.Storage`."""
        await checkpoint()
        return f"{len(self.objects)} files in memory"

    async def _object(self, path: str) -> bytes:
        await checkpoint()
        if _checked(path) not in self.objects:
            raise MediaNotFound(path)
        return self.objects[path]


def _checked(path: str) -> str:
    if paths.checked(path).split("/")[0] == ".incoming":
        raise UnsafePath("'.incoming' is reserved for the storage.")
    return path


def _content(source: Path, path: str) -> bytes:
    try:
        return source.read_bytes()
    except OSError as error:
        raise _failed(path, error) from error


def _write(into: Path, content: bytes, path: str) -> None:
    try:
        into.write_bytes(content)
    except OSError as error:
        raise _failed(path, error) from error


def _failed(path: str, error: OSError) -> BachataError:
    failure = StorageFailed(f"The media storage failed at {path!r}: {error.strerror}.")
    return translated(error, failure)
