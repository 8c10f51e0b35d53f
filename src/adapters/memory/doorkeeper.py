"""A look into files as the memory's cutting room writes them."""

from pathlib import Path

from anyio.lowlevel import checkpoint

from adapters.memory.encoder import MemoryEncoder
from domain.errors import UnacceptedMedia
from domain.limits import Allowance
from domain.media import Media

_MARK = b"{"


class MemoryDoorkeeper:
    """Measures what looks like a `Reel`, and takes nothing else."""

    async def look(self, file: Path, allowance: Allowance | None = None) -> Media:
        """See `application.ports.doorkeeper.Doorkeeper`."""
        await checkpoint()
        if not _looks_right(file):
            raise UnacceptedMedia
        media = await MemoryEncoder().measure(file)
        if allowance is not None:
            allowance.refuse_excess(media)
        return media


def _looks_right(file: Path) -> bool:
    return file.read_bytes().startswith(_MARK)
