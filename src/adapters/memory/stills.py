"""Pictures out of films of the memory encoder."""

from pathlib import Path

from adapters.memory.encoder import opened
from application.concurrency.threads import FILES
from domain.shared.errors import UnreadableMedia


class MemoryStills:
    """Writes the name of the frame, as the film has it, in place of a JPEG."""

    async def take(self, film: Path, seconds: float, into: Path) -> None:
        """See `application.ports.stills.Stills`."""
        reel = opened(film)
        index = int(seconds * reel.rate)
        if index >= len(reel.frames):
            raise UnreadableMedia(f"The film has no picture at {seconds:g} s.")
        name, number = reel.frames[index]
        await FILES.run(lambda: into.write_text(f"{name} {number}"))

    async def version(self) -> str:
        """See `application.ports.stills.Stills`."""
        return "memory"
