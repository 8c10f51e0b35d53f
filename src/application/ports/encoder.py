"""Port for assembling films from encoded clips."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.timeline import Soundtrack, Timeline


class Encoder(Protocol):
    """Assembles films from the footage of the corresponding `ClipEncoder`.

    Each method produces its complete result, or raises and leaves nothing. After a cancellation all
    work has ended when the method returns. Raises `FFmpegMissing` if there is no FFmpeg, and
    `FFmpegFailed`, with FFmpeg's last lines, if it fails. A result may be in other files than the
    named one; they exist as long as the folder of the named file.
    """

    async def concatenate(self, pieces: Sequence[Footage], into: Path) -> Footage:
        """Join pieces made with the same output, in order, without losing or adding frames."""
        ...

    async def add_audio(
        self, film: Footage, soundtrack: Soundtrack, files: MediaFiles, into: Path
    ) -> None:
        """Write the finished film: unchanged frames, and sound of exactly the same duration.

        Raises `UnreadableMedia`, naming the storage path of the song or the clip.
        """
        ...

    async def inspect(self, film: Path, timeline: Timeline) -> None:
        """Raise `FilmFlawed` unless the film matches the timeline and plays to the end."""
        ...

    async def ready(self) -> str:
        """Return the name and version of the program that assembles films; raises if it does not
        work.
        """
        ...
