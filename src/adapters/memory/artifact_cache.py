"""An in-memory cache of generated files."""

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from anyio.lowlevel import checkpoint

from application.concurrency.keyed_lock import KeyedLock
from application.media.disk_errors import disk_errors
from domain.shared.errors import Broken

T = TypeVar("T")


class MemoryArtifactCache:
    """Stores the bytes of each key."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        """Entries by key."""
        self._locks = KeyedLock()

    async def get_or_create(
        self,
        key: str,
        into: Path,
        make: Callable[[Path], Awaitable[None]],
        read: Callable[[Path], T],
    ) -> T:
        """See `application.ports.artifact_cache.ArtifactCache`."""
        async with self._locks.of(key):
            await checkpoint()
            if key in self.contents:
                try:
                    return self._deliver(key, into, read)
                except Broken:
                    del self.contents[key]
            with tempfile.TemporaryDirectory() as folder:
                draft = Path(folder) / "made"
                await make(draft)
                self._store(key, draft, read)
            return self._deliver(key, into, read)

    def _store(self, key: str, draft: Path, read: Callable[[Path], object]) -> None:
        read(draft)
        self.contents[key] = draft.read_bytes()

    def _deliver(self, key: str, into: Path, read: Callable[[Path], T]) -> T:
        with disk_errors():
            into.write_bytes(self.contents[key])
        try:
            return read(into)
        except Broken:
            into.unlink()
            raise
