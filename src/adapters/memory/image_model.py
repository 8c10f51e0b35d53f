"""An image model that draws a plain picture."""

import struct
import zlib
from pathlib import Path
from typing import Final

from application.concurrency.threads import FILES
from domain.scripts.errors import ImageModelFailed

_WIDE: Final = (16, 9)


class MemoryImageModel:
    """Draws a PNG of 16x9 or 9x16 pixels, in a colour that depends on the text.

    It raises ``failure`` instead if there is one, and draws nothing unless it is ``available``.
    """

    def __init__(
        self,
        name: str = "plain",
        *,
        available: bool = True,
        failure: ImageModelFailed | None = None,
    ) -> None:
        """Take the model's name."""
        self.name = name if available else ""
        self.available = available
        self.failure = failure
        self.drawn: list[str] = []
        """The texts of all pictures so far."""

    async def draw(self, text: str, portrait: bool, into: Path) -> None:
        """See `application.ports.image_model.ImageModel`."""
        if self.failure is not None:
            raise self.failure
        if not self.available:
            raise ImageModelFailed("There is no image model.")
        self.drawn.append(text)
        colour = zlib.crc32(text.encode("utf-8", "replace")).to_bytes(4, "big")[:3]
        width, height = _WIDE[::-1] if portrait else _WIDE
        await FILES.run(lambda: into.write_bytes(_png(width, height, colour)))


def _png(width: int, height: int, colour: bytes) -> bytes:
    """Return a PNG file of one colour (RFC 2083)."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + colour * width) * height
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    check = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)
