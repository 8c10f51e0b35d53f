"""Stream a film as fragments of prepared parts."""

from collections.abc import Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Final

from adapters.mp4.encoder import pieces_of
from adapters.mp4.errors import UnreadableTrack
from adapters.mp4.fragments import FORM, init_segment, segment
from adapters.mp4.mezzanine_store import THREADS, MezzanineStore
from adapters.mp4.mezzanines import TICKS
from adapters.mp4.pieces import Piece
from adapters.mp4.samples import AAC_PACKET, Run, Track
from application.ports.clip_encoder import ClipEncoder
from application.ports.media_files import MediaFiles
from domain.blueprint.timeline import Timeline
from domain.rendering.hls_playlist import SAMPLES, Kind, packets

_MOST_TAKES: Final = 16
"""More than the takes of any cut, so that later fragments get larger numbers than earlier ones."""


class FragmentPreviewStreamer:
    """A `PreviewStreamer` of fragmented MP4, with the same frames and packets as
    the joined film.
    """

    def __init__(self, encoder: ClipEncoder, store: MezzanineStore) -> None:
        """Take a `JoiningEncoder`, or one with compatible footage, and the prepared parts."""
        self._encoder = encoder
        self._store = store
        self._program = metadata.version("bachata-buddy")

    async def version(self, timeline: Timeline) -> str:
        """See `application.ports.preview_streamer.PreviewStreamer`."""
        made_by = await self._store.version(timeline.output, timeline.soundtrack)
        return f"{self._program} {FORM} {made_by}"

    async def beginning(
        self, kind: Kind, timeline: Timeline, files: MediaFiles, folder: Path
    ) -> bytes:
        """See `application.ports.preview_streamer.PreviewStreamer`."""
        if kind is Kind.SOUND:
            track = await self._store.sound(timeline.soundtrack, files, folder)
        else:
            track = (await self._pieces(0, timeline, files, folder))[0].track
        return init_segment(track)

    async def part(
        self, kind: Kind, index: int, timeline: Timeline, files: MediaFiles, folder: Path
    ) -> bytes:
        """See `application.ports.preview_streamer.PreviewStreamer`."""
        if kind is Kind.SOUND:
            sound = await self._store.sound(timeline.soundtrack, files, folder)
            piece = _sound_piece(sound, timeline, index)
            moment = piece.first * AAC_PACKET
            return await THREADS.run(partial(_fragments, [piece], moment, index + 1))
        pieces = await self._pieces(index, timeline, files, folder)
        moment = TICKS * sum(cut.frames for cut in timeline.cuts[:index])
        return await THREADS.run(partial(_fragments, pieces, moment, index * _MOST_TAKES + 1))

    async def _pieces(
        self, index: int, timeline: Timeline, files: MediaFiles, folder: Path
    ) -> list[Piece]:
        cut = timeline.cuts[index]
        footage = await self._encoder.normalise(cut, files, timeline.output, folder / "cut.mp4")
        return await THREADS.run(partial(pieces_of, footage, self._store.track))


def _sound_piece(sound: Track, timeline: Timeline, index: int) -> Piece:
    """Return the audio packets of a segment; the film's last packet is cut to the film's duration.

    The first segment includes the packets that only initialise the decoder.
    """
    upto = packets(timeline)
    first = _packets(sound.media_time + upto[index - 1] * AAC_PACKET) if index else 0
    if index < len(upto) - 1:
        end = sound.media_time + upto[index] * AAC_PACKET
        return Piece(sound, first, _packets(end) - first)
    end = sound.media_time + timeline.frames * SAMPLES // timeline.output.frame_rate
    count = min(_packets(end), sound.count) - first
    rest = min(AAC_PACKET, end - (first + count - 1) * AAC_PACKET)
    spans = ((count - 1, AAC_PACKET), (1, rest))
    return Piece(sound, first, count, spans if count > 1 else spans[1:])


def _packets(samples: int) -> int:
    return -(-samples // AAC_PACKET)


def _fragments(pieces: Sequence[Piece], moment: int, number: int) -> bytes:
    """Return fragments of successive pieces, starting at a time in ticks and with a sequence
    number.
    """
    parts: list[bytes] = []
    for index, piece in enumerate(pieces):
        head, runs = segment(piece, moment, number + index)
        parts += [head, *map(_read, runs)]
        moment += sum(count * delta for count, delta in piece.spans)
    return b"".join(parts)


def _read(run: Run) -> bytes:
    with run.path.open("rb") as file:
        file.seek(run.offset)
        data = file.read(run.length)
    if len(data) != run.length:
        raise UnreadableTrack("A piece has become shorter.", details=run.path.name)
    return data
