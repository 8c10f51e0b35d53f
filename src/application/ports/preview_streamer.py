"""Port for streaming a film before it is made."""

from pathlib import Path
from typing import Protocol

from application.ports.media_files import MediaFiles
from domain.blueprint.timeline import Timeline
from domain.rendering.hls_playlist import Kind


class PreviewStreamer(Protocol):
    """Plays a timeline segment by segment, and makes nothing but what a segment needs.

    The segments of a kind are as many, and end when, `domain.rendering.hls_playlist.ends` says. A
    player that reads the kind's beginning and then its segments in order sees all frames of the
    film, or hears all of its sound; it may begin with any of them. Of one `version` the same is the
    same bytes every time. Raises as `ClipEncoder.normalise` and `Encoder.add_audio` do, and on
    cancellation all work has ended. What is left in ``folder`` is for the caller to remove.
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
