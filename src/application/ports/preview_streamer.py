"""Port for streaming a film before it is made."""

from pathlib import Path
from typing import Protocol

from application.ports.media_files import MediaFiles
from domain.blueprint.timeline import Timeline
from domain.rendering.hls_playlist import Kind


class PreviewStreamer(Protocol):
    """Streams a timeline segment by segment, and makes only what a segment needs.

    The number of segments of a kind and their ends are those of
    `domain.rendering.hls_playlist.ends`. A player that reads the kind's beginning and then its
    segments in order shows all frames of the film, or plays all of its sound; it may start with any
    segment. The same `version` always gives the same bytes. Raises as `ClipEncoder.normalise` and
    `Encoder.add_audio` do, and after a cancellation all work has ended. The caller must delete the
    files in ``folder``.
    """

    async def version(self, timeline: Timeline) -> str:
        """Return a name for everything that the bytes of a timeline depend on, except itself and
        its media.

        The bytes stay the same as long as this does. Raises `FFmpegMissing`.
        """
        ...

    async def beginning(
        self, kind: Kind, timeline: Timeline, files: MediaFiles, folder: Path
    ) -> bytes:
        """Return the initialisation segment; it needs the same media as the first segment."""
        ...

    async def part(
        self, kind: Kind, index: int, timeline: Timeline, files: MediaFiles, folder: Path
    ) -> bytes:
        """Return one complete segment; ``index`` counts from 0 and must exist."""
        ...
