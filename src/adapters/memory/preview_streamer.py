"""Segments as JSON: every frame has a name."""

from pathlib import Path

import msgspec

from adapters.memory.encoder import MemoryEncoder, Reel, spliced, write_reel
from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.timeline import Timeline
from domain.rendering.hls_playlist import Kind, ends


class MemoryPreviewStreamer:
    """Streams films of named frames by the same rules as a real streamer.

    It returns a `Reel` in one line; a beginning has no frame and no sound.
    """

    def __init__(self) -> None:
        self._encoder = MemoryEncoder()
        self.maker = "memory"
        """The result of every `version`."""

    async def version(self, timeline: Timeline) -> str:
        """See `application.ports.preview_streamer.PreviewStreamer`."""
        return self.maker

    async def beginning(
        self, kind: Kind, timeline: Timeline, files: MediaFiles, folder: Path
    ) -> bytes:
        """See `application.ports.preview_streamer.PreviewStreamer`."""
        await self.part(kind, 0, timeline, files, folder)
        return _line(Reel(rate=timeline.output.frame_rate if kind is Kind.PICTURE else 0))

    async def part(
        self, kind: Kind, index: int, timeline: Timeline, files: MediaFiles, folder: Path
    ) -> bytes:
        """See `application.ports.preview_streamer.PreviewStreamer`."""
        into = folder / "part.mp4"
        if kind is Kind.PICTURE:
            cut = timeline.cuts[index]
            return _line(spliced(await self._encoder.normalise(cut, files, timeline.output, into)))
        rate = timeline.output.frame_rate
        write_reel(into, Reel(rate=rate, frames=(("black", 0),)))
        black = Footage.whole(into, 1)
        await self._encoder.add_audio(black, timeline.soundtrack, files, into)
        edges = (0, *ends(kind, timeline))
        return _line(Reel(rate=0, sound_seconds=float(edges[index + 1] - edges[index])))


def _line(reel: Reel) -> bytes:
    return msgspec.json.encode(reel) + b"\n"
