"""An encoder that cannot make film of some clips, or of none."""

from collections.abc import Sequence
from pathlib import Path

from adapters.memory.encoder import MemoryEncoder
from application.ports.encoder import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Cut, Soundtrack


class FaultyEncoder(MemoryEncoder):
    """Raises an error for each clip whose storage path begins with one of ``faults``."""

    def __init__(self) -> None:
        self.faults: dict[str, Exception] = {}
        """Errors by the beginnings of storage paths."""
        self.prepares = True
        """Whether clips are made into film ahead, too."""
        self.broken: Exception | None = None
        """Why no film can be made at all."""

    async def prepare(
        self,
        cuts: Sequence[Cut],
        sound: Soundtrack | None,
        files: MediaFiles,
        output: OutputConfig,
        folder: Path,
    ) -> None:
        for cut in cuts if self.prepares else ():
            await self.normalise(cut, files, output, folder / "cut.mp4")

    async def normalise(
        self, cut: Cut, files: MediaFiles, output: OutputConfig, into: Path
    ) -> Footage:
        for start, error in self.faults.items():
            if cut.clip.startswith(start):
                raise error
        return await super().normalise(cut, files, output, into)

    async def self_test(self, output: OutputConfig, folder: Path) -> None:
        if self.broken is not None:
            raise self.broken
        await super().self_test(output, folder)
