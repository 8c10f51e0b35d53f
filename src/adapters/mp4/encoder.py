"""An encoder that joins films from prepared parts by copying."""

import threading
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

from adapters.mp4.cutting import Copied, frame_by_frame, is_encoded_whole, taken_apart
from adapters.mp4.errors import UnreadableTrack
from adapters.mp4.inspection import facts_of
from adapters.mp4.mezzanine_encoder import MezzanineEncoder
from adapters.mp4.mezzanine_store import THREADS, MezzanineStore
from adapters.mp4.mezzanines import TICKS
from adapters.mp4.pieces import Piece, parted, spread
from adapters.mp4.samples import Track
from adapters.mp4.writer import join
from application.media.disk_errors import disk_errors
from application.ports.artifact_cache import ArtifactCache
from application.ports.footage import Footage, Shot, Take
from application.ports.media_files import MediaFiles
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Cut, Soundtrack, Timeline
from domain.rendering.film_checks import refuse_flaws, requirements_of
from domain.shared.errors import ClipTooShort, FilmFlawed

LONGEST: Final = 120
"""Maximum seconds of a clip that is normalised completely; of a longer one only cuts are."""


class JoiningEncoder:
    """Encodes each clip, cut and song once, and joins films by copying.

    A `MezzanineEncoder` does the encoding, and a cache stores its results.
    """

    def __init__(self, encoder: MezzanineEncoder, artifacts: ArtifactCache) -> None:
        self._encoder = encoder
        self.store = MezzanineStore(encoder, artifacts)
        """The parts that films are joined from."""

    @property
    def keeps(self) -> bool:
        """True, because clips, cuts and songs are encoded once."""
        return True

    async def normalise(
        self, cut: Cut, files: MediaFiles, output: OutputConfig, into: Path
    ) -> Footage:
        """See `application.ports.clip_encoder.ClipEncoder`; it does not write ``into`` itself."""
        folder = into.parent
        if is_encoded_whole(cut, output):
            track = await self.store.cut(cut, files, output, folder)
            return Footage.whole(track.path, cut.frames)
        own = frame_by_frame(cut, output)
        seconds = (await files.known(cut.clip)).media.seconds
        last = own.first + own.frames
        finished = await self.store.finished_clip(cut.clip, last, files, output, folder)
        if finished is not None:
            takes = await self._parts(own, finished, files, output, folder)
        elif seconds > LONGEST:
            track = await self.store.cut(own, files, output, folder)
            takes = [Take(track.path, 0, own.frames)]
        else:
            takes = await self._takes(own, seconds, files, output, folder)
        return Footage(shots=(Shot(takes=tuple(takes), lasting=cut.frames, rate=cut.rate),))

    async def _takes(
        self, cut: Cut, seconds: Fraction, files: MediaFiles, output: OutputConfig, folder: Path
    ) -> list[Take]:
        if cut.first + cut.frames > self._encoder.frames_of_whole(seconds, output):
            end = float(Fraction(cut.first + cut.frames, output.frame_rate))
            raise ClipTooShort(
                f"{cut.clip!r} lasts {float(seconds):.3f} s; the move needs it up to {end:.3f} s."
            )
        clip = await self.store.clip(cut.clip, files, output, folder)
        return await self._parts(cut, clip, files, output, folder)

    async def _parts(
        self, cut: Cut, clip: Track, files: MediaFiles, output: OutputConfig, folder: Path
    ) -> list[Take]:
        """Return the takes of a cut from its whole clip, and from parts that are encoded."""
        takes: list[Take] = []
        for part in taken_apart(cut, clip.syncs(0, clip.count)):
            if isinstance(part, Copied):
                takes.append(Take(clip.path, part.first, part.count))
            else:
                track = await self.store.cut(part.cut, files, output, folder)
                takes.append(Take(track.path, 0, part.count))
        return takes

    async def encode_sound(self, soundtrack: Soundtrack, files: MediaFiles, into: Path) -> Path:
        """See `application.ports.clip_encoder.ClipEncoder`; it does not write ``into`` itself."""
        return (await self.store.sound(soundtrack, files, into.parent)).path

    async def concatenate(self, pieces: Sequence[Footage], into: Path) -> Footage:
        """See `application.ports.encoder.Encoder`; it does not write ``into``."""
        footage = Footage(shots=tuple(shot for piece in pieces for shot in piece.shots))
        await THREADS.run(partial(pieces_of, footage, self.store.track))
        return footage

    async def add_audio(
        self, film: Footage, soundtrack: Soundtrack, files: MediaFiles, into: Path
    ) -> None:
        """See `application.ports.encoder.Encoder`."""
        sound = await self.store.sound(soundtrack, files, into.parent)

        stopped = threading.Event()

        def write() -> None:
            with disk_errors():
                pieces = pieces_of(film, self.store.track)
                join(into, pieces, sound, is_stopped=stopped.is_set)

        await THREADS.run(write, stop=stopped.set)

    async def inspect(self, film: Path, timeline: Timeline) -> None:
        """See `application.ports.encoder.Encoder`.

        Every frame was decoded or counted after its encoding, and was copied unchanged, so checking
        the film's tables is enough.
        """
        try:
            facts = await THREADS.run(lambda: facts_of(film))
        except UnreadableTrack as error:
            raise FilmFlawed(f"The film cannot be read: {error}") from None
        refuse_flaws(facts, requirements_of(timeline, joined=True))

    async def self_test(self, output: OutputConfig, folder: Path) -> None:
        """See `application.ports.clip_encoder.ClipEncoder`."""
        await self._encoder.self_test(output, folder)

    async def ready(self) -> str:
        """See `application.ports.encoder.Encoder`."""
        return f"{await self._encoder.ready()}, films joined by copying"


def pieces_of(footage: Footage, read: Callable[[Path], Track]) -> list[Piece]:
    """Return the pieces of tracks for some footage; ``read`` returns a track or raises
    `UnreadableTrack`.
    """
    paths = dict.fromkeys(take.path for shot in footage.shots for take in shot.takes)
    tracks = {path: read(path) for path in paths}
    return [piece for shot in footage.shots for piece in timed(shot, tracks)]


def timed(shot: Shot, tracks: dict[Path, Track]) -> list[Piece]:
    """Return the takes of a shot, with each frame starting at the tick nearest to its time."""
    counts = [take.count for take in shot.takes]
    if shot.rate == 1 and sum(counts) == shot.lasting:
        return [Piece(tracks[take.path], take.first, take.count) for take in shot.takes]
    whole = _timing(shot.lasting, sum(counts), shot.rate.numerator, shot.rate.denominator)
    if len(shot.takes) == 1:
        (take,) = shot.takes
        return [Piece(tracks[take.path], take.first, take.count, whole)]
    spans = parted(whole, counts)
    return [
        Piece(tracks[take.path], take.first, take.count, tuple(timing))
        for take, timing in zip(shot.takes, spans, strict=True)
    ]


@lru_cache(maxsize=256)
def _timing(lasting: int, count: int, over: int, under: int) -> tuple[tuple[int, int], ...]:
    """Return the durations of ``count`` frames at ``over / under`` times their speed.

    The arguments are integers, because a cache finds them faster than fractions.
    """
    return spread(lasting * TICKS, count, Fraction(TICKS * under, over))
