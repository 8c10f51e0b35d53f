"""A probe of pictures that reads headers of PNG alone."""

from pathlib import Path
from typing import Final

from anyio.lowlevel import checkpoint

from domain.library.limits import Allowance
from domain.shared.errors import UnacceptedMedia, UnreadableMedia
from domain.storage.asset_files import ACCEPTED_PICTURES, Pixels, picture_ending

_END: Final = b"IEND\xaeB`\x82"


class MemoryPictureProbe:
    """Measures PNG files; other pictures count as damaged."""

    async def measure_picture(self, file: Path, allowance: Allowance) -> Pixels:
        """See `application.ports.picture_probe.PictureProbe`."""
        await checkpoint()
        pixels = _size_of(file)
        pixels.refuse_excess(allowance)
        return pixels


def _size_of(file: Path) -> Pixels:
    content = file.read_bytes()
    ending = picture_ending(content)
    if ending is None:
        raise UnacceptedMedia(f"The file is no picture: {ACCEPTED_PICTURES}.")
    if ending != "png" or content[12:16] != b"IHDR" or not content.endswith(_END):
        raise UnreadableMedia("The picture is damaged: it cannot be decoded to its end.")
    return Pixels(int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))
