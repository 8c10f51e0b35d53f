"""Port for the media files of one film."""

from pathlib import Path
from typing import Protocol

import msgspec

from domain.library.media import Media


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Properties of a file that are known without fetching it."""

    digest: str
    """SHA-256 of its contents, in hexadecimal digits: the same for the same bytes anywhere."""
    media: Media


class MediaFiles(Protocol):
    """Provides media by storage path, fetched to the local disk on demand.

    Raises `MediaNotFound`, and `UnreadableMedia` with the storage path.
    """

    async def local(self, path: str) -> Path:
        """Return a copy on the local disk, the same one every time; callers must not change it."""
        ...

    async def known(self, path: str) -> Known:
        """Return the properties of the file; fetches it only if they are unknown."""
        ...
