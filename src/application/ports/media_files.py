"""The media that a film is made of, near at hand."""

from pathlib import Path
from typing import Protocol

import msgspec

from domain.library.media import Media


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a file without having it at hand."""

    digest: str
    """SHA-256 of its contents, in hexadecimal digits: the same for the same bytes anywhere."""
    media: Media


class MediaFiles(Protocol):
    """Media by storage path, brought to the local disk when somebody asks for it.

    Raises `MediaNotFound`, and `UnreadableMedia` that names the storage path.
    """

    async def local(self, path: str) -> Path:
        """A copy on the local disk, the same one every time; not to be changed."""
        ...

    async def known(self, path: str) -> Known:
        """What is in the file; it is fetched only when that is not yet known."""
        ...
