"""An encoder that cannot make film of some clips, or of none."""

from pathlib import Path

from adapters.memory.encoder import MemoryEncoder
from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Cut


class FaultyEncoder(MemoryEncoder):
    """Raises an error for each clip whose storage path begins with one of ``faults``."""

    def __init__(self) -> None:
        self.faults: dict[str, Exception] = {}
        """Errors by the beginnings of storage paths."""
        self.prepares = True
        """True if clips are encoded in advance."""
        self.broken: Exception | None = None
        """Why no film can be made at all."""

    @property
    def keeps(self) -> bool:
        return self.prepares

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
