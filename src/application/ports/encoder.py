"""Films, assembled from encoded clips."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.timeline import Soundtrack, Timeline


class Encoder(Protocol):
    """Assembles films from the footage of the `ClipEncoder` beside it.

    Each method leaves its whole result or raises and leaves nothing. On cancellation all work
    has ended when the method returns. Raises `FFmpegMissing` without an FFmpeg, and `FFmpegFailed`
    with FFmpeg's last lines when it fails. A result may lie in other files than the one that was
    named; they stay for as long as the folder of that one does.
    """

    async def concatenate(self, pieces: Sequence[Footage], into: Path) -> Footage:
        """Join pieces of one output, in order; no frame more or fewer."""
        ...

    async def add_audio(
        self, film: Footage, soundtrack: Soundtrack, files: MediaFiles, into: Path
    ) -> None:
        """Write the finished film: unchanged frames, and sound of exactly the same duration.

        Raises `UnreadableMedia`, naming the storage path of the song or the clip.
        """
        ...

    async def inspect(self, film: Path, timeline: Timeline) -> None:
        """Raise `FilmFlawed` unless the film is the timeline's, and plays to the end."""
        ...

    async def ready(self) -> str:
        """Return the name and version of the program that assembles films, or raise."""
        ...
