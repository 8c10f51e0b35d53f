"""What shows a film that has not been made."""

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
        """Name all that the bytes of a timeline depend on, besides itself and its media.

        They stay the same for as long as this does. Raises `FFmpegMissing`.
        """
        ...

    async def beginning(
        self, kind: Kind, timeline: Timeline, files: MediaFiles, folder: Path
    ) -> bytes:
        """What a player reads before any segment; it needs what the first segment needs."""
        ...

    async def part(
        self, kind: Kind, index: int, timeline: Timeline, files: MediaFiles, folder: Path
    ) -> bytes:
        """One segment, whole; ``index`` counts from 0 and is one that there is."""
        ...
