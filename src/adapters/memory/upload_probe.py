"""A look into files as the memory's cutting room writes them."""

from pathlib import Path

from anyio.lowlevel import checkpoint

from adapters.memory.encoder import MemoryEncoder
from domain.library.limits import Allowance
from domain.library.media import Media
from domain.shared.errors import UnacceptedMedia

_MARK = b"{"


class MemoryUploadProbe:
    """Measures what looks like a `Reel`, and takes nothing else."""

    async def look(self, file: Path, allowance: Allowance | None = None) -> Media:
        """See `application.ports.upload_probe.UploadProbe`."""
        await checkpoint()
        if not _looks_right(file):
            raise UnacceptedMedia
        media = await MemoryEncoder().measure(file)
        if allowance is not None:
            allowance.refuse_excess(media)
        return media


def _looks_right(file: Path) -> bool:
    return file.read_bytes().startswith(_MARK)
