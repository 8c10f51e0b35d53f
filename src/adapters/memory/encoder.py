"""Films as JSON: every frame has a name, so tests can read the cuts."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import msgspec

from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Cut, Soundtrack, Timeline
from domain.library.media import Media, Picture
from domain.library.media_checks import FileFacts
from domain.rendering.film_checks import CODECS, refuse_flaws, requirements_of
from domain.shared.errors import ClipTooShort, FFmpegFailed, FilmFlawed, UnreadableMedia


class Reel(msgspec.Struct, frozen=True, kw_only=True):
    """A film or a sound as this encoder writes it."""

    rate: int
    """Frames per second; 0 for sound alone."""
    frames: tuple[tuple[str, int], ...] = ()
    """Name of the clip and index of its frame, frame by frame."""
    sound_seconds: float | None = None
    """Duration of the sound; None for silence."""


def clip(name: str, frames: int, rate: int, *, sound: bool = True) -> bytes:
    """Return a clip of numbered frames, to put into a storage."""
    return msgspec.json.encode(
        Reel(
            rate=rate,
            frames=tuple((name, number) for number in range(frames)),
            sound_seconds=frames / rate if sound else None,
        )
    )


def song(seconds: float) -> bytes:
    """Return a song, to put into a storage."""
    return msgspec.json.encode(Reel(rate=0, sound_seconds=seconds))


def opened(film: Path) -> Reel:
    """Return the content of a file; raises `UnreadableMedia`."""
    try:
        return msgspec.json.decode(film.read_bytes(), type=Reel)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OSError):
        raise UnreadableMedia from None


async def _fetched(files: MediaFiles, path: str) -> Reel:
    try:
        return opened(await files.local(path))
    except UnreadableMedia:
        raise UnreadableMedia(f"The file {path!r} is not a film or a song.") from None


async def _all_fetched(soundtrack: Soundtrack, files: MediaFiles) -> None:
    for path in [soundtrack.song, *(cue.clip for cue in soundtrack.cues)]:
        if path is not None:
            await _fetched(files, path)


def spliced(footage: Footage) -> Reel:
    """Return the content of all takes of some footage, in order."""
    frames: list[tuple[str, int]] = []
    rates: set[int] = set()
    for shot in footage.shots:
        for take in shot.takes:
            reel = opened(take.path)
            rates.add(reel.rate)
            frames += reel.frames[take.first : take.first + take.count]
    if len(rates) != 1:
        raise FFmpegFailed(details="The pieces differ in frame rate.")
    return Reel(rate=rates.pop(), frames=tuple(frames))


def write_reel(film: Path, reel: Reel) -> None:
    """Write a film."""
    film.write_bytes(msgspec.json.encode(reel))


def _facts_of(reel: Reel, output: OutputConfig) -> FileFacts:
    """Return what a probe would find in a film, which has no pixels."""
    picture = Picture(
        codec=CODECS[output.video_codec],
        width=output.width,
        height=output.height,
        frame_rate=Fraction(reel.rate),
        frames=len(reel.frames),
    )
    sound_length = None if reel.sound_seconds is None else Fraction(reel.sound_seconds)
    return FileFacts(
        media=Media(
            seconds=Fraction(len(reel.frames), reel.rate)
            if reel.rate
            else sound_length or Fraction(0),
            picture=picture if reel.frames else None,
            sound=None if sound_length is None else output.audio_codec,
        ),
        sound_seconds=sound_length,
        decoded_frames=len(reel.frames),
    )


class MemoryEncoder:
    """Makes films of named frames by the same rules as a real encoder."""

    @property
    def keeps(self) -> bool:
        """True, so that callers encode clips and songs in advance, as with a real encoder."""
        return True

    async def normalise(
        self, cut: Cut, files: MediaFiles, output: OutputConfig, into: Path
    ) -> Footage:
        """See `application.ports.clip_encoder.ClipEncoder`."""
        source = await _fetched(files, cut.clip)
        length = Fraction(len(source.frames), source.rate) if source.rate else Fraction(0)
        rate = output.frame_rate
        end = Fraction(cut.first, rate) + Fraction(cut.frames, rate) * cut.rate
        if end > length + (1 + cut.rate) / rate:
            raise ClipTooShort(
                f"The clip {cut.clip!r} lasts {float(length):.3f} s; "
                f"the cut needs it up to {float(end):.3f} s."
            )
        last = len(source.frames) - 1
        frames = tuple(
            source.frames[min(last, round((cut.first + k * cut.rate) * source.rate / rate))]
            for k in range(cut.frames)
        )
        write_reel(into, Reel(rate=rate, frames=frames))
        return Footage.whole(into, len(frames))

    async def encode_sound(self, soundtrack: Soundtrack, files: MediaFiles, into: Path) -> Path:
        """See `application.ports.clip_encoder.ClipEncoder`."""
        await _all_fetched(soundtrack, files)
        write_reel(into, Reel(rate=0, sound_seconds=float(soundtrack.seconds)))
        return into

    async def concatenate(self, pieces: Sequence[Footage], into: Path) -> Footage:
        """See `application.ports.encoder.Encoder`."""
        reel = spliced(Footage(shots=tuple(shot for piece in pieces for shot in piece.shots)))
        write_reel(into, reel)
        return Footage.whole(into, len(reel.frames))

    async def add_audio(
        self, film: Footage, soundtrack: Soundtrack, files: MediaFiles, into: Path
    ) -> None:
        """See `application.ports.encoder.Encoder`."""
        await _all_fetched(soundtrack, files)
        reel = msgspec.structs.replace(spliced(film), sound_seconds=float(soundtrack.seconds))
        write_reel(into, reel)

    async def inspect(self, film: Path, timeline: Timeline) -> None:
        """See `application.ports.encoder.Encoder`."""
        try:
            reel = opened(film)
        except UnreadableMedia:
            raise FilmFlawed("The film cannot be read.") from None
        refuse_flaws(_facts_of(reel, timeline.output), requirements_of(timeline, joined=False))

    async def self_test(self, output: OutputConfig, folder: Path) -> None:
        """See `application.ports.clip_encoder.ClipEncoder`."""
        write_reel(folder / "self-test.mp4", Reel(rate=output.frame_rate, frames=(("", 0),)))

    async def ready(self) -> str:
        """See `application.ports.encoder.Encoder`."""
        return "films of named frames, in memory"
