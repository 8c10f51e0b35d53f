"""What is in a media file, read with PyAV as the container its first bytes say it is."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import anyio.to_thread
import msgspec
from anyio import CapacityLimiter
from anyio.lowlevel import RunVar

from adapters.ffmpeg.guards import MOST_PIXELS
from adapters.ffmpeg.sniff import ACCEPTED, container_of
from domain.errors import UnacceptedMedia, UnreadableMedia
from domain.media import Media, Picture

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.stream import VideoStream

_HDR: Final = (16, 18)
"""Transfer characteristics PQ and HLG (ITU-T H.273)."""


AT_ONCE: Final = 2
"""Files that are looked into at a time: a decoder takes 8 MB, and fifteen took 75 MB more."""

_places: Final[RunVar[CapacityLimiter]] = RunVar("files that are looked into")
"""Of an event loop."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A file as FFmpeg is to be told of it."""

    form: str
    media: Media
    hdr: bool = False
    setup: bytes = b""
    """The picture's decoder configuration."""
    sound_seconds: Fraction | None = None
    sound_rate: int = 0
    """Samples a second."""


async def look(file: Path) -> Look:
    """Look into a file without decoding it; raises `UnreadableMedia`, which names no path."""
    try:
        places = _places.get()
    except LookupError:
        places = CapacityLimiter(AT_ONCE)
        _places.set(places)
    return await anyio.to_thread.run_sync(look_now, file, limiter=places)


def look_now(file: Path) -> Look:
    """As `look`, at once; PyAV takes a while to be imported the first time."""
    import av
    from av.error import FFmpegError

    try:
        form = container_of(file)
    except OSError as error:
        raise UnreadableMedia(details=error.strerror) from None
    if form is None:
        raise UnacceptedMedia(f"The file is not a film or a song that can be read: {ACCEPTED}.")
    try:
        with av.open(
            str(file),
            format=form,
            options={"protocol_whitelist": "file"},
            metadata_errors="replace",
        ) as opened:
            return _seen(opened, form)
    except (FFmpegError, ValueError, ArithmeticError, OSError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UnreadableMedia(details=str(reason)) from None


def _seen(opened: "InputContainer", form: str) -> Look:
    pictures = [s for s in opened.streams.video if not s.disposition & s.disposition.attached_pic]
    sounds = opened.streams.audio
    sound = sounds[0] if sounds else None
    heard = _length(opened, sound) if sound is not None else None
    if pictures:
        return _film(opened, pictures[0], form, sound, heard)
    if sound is None or not heard:
        raise UnreadableMedia("There is neither picture nor sound in the file.")
    return Look(
        form=form,
        media=Media(seconds=heard, sound=_codec(sound), streams=len(opened.streams)),
        sound_seconds=heard,
        sound_rate=sound.rate or 0,
    )


def _film(
    opened: "InputContainer",
    stream: "VideoStream",
    form: str,
    sound: "AudioStream | None",
    heard: Fraction | None,
) -> Look:
    frames, end = stream.frames, _known_end(opened, stream)
    if not end or form != "mov":
        # Matroska knows how long the longest of its streams is, not which; a pass over the
        # packets, without decoding, is the only way to tell.
        frames, end = _counted(opened, stream)
    width, height, quarter_turned = _first_frame(opened, stream)
    return Look(
        form=form,
        media=Media(
            seconds=end,
            picture=Picture(
                codec=_codec(stream),
                width=height if quarter_turned else width,
                height=width if quarter_turned else height,
                frame_rate=Fraction(stream.average_rate or frames / end),
                frames=frames,
            ),
            sound=_codec(sound) if sound is not None else None,
            streams=len(opened.streams),
        ),
        hdr=int(stream.codec_context.color_trc or 0) in _HDR,
        setup=bytes(stream.codec_context.extradata or b""),
        sound_seconds=heard,
        sound_rate=(sound.rate or 0) if sound is not None else 0,
    )


def _codec(stream: "VideoStream | AudioStream") -> str:
    return stream.codec_context.codec.canonical_name


def _origin(opened: "InputContainer") -> Fraction:
    """When the file begins: FFmpeg counts seconds of a file from there."""
    return Fraction(opened.start_time or 0, 1_000_000)


def _known_end(opened: "InputContainer", stream: "VideoStream | AudioStream") -> Fraction | None:
    """Seconds from the beginning of the file to the end of a stream, if the container says."""
    if not stream.duration or stream.time_base is None:
        return None
    return (stream.duration + (stream.start_time or 0)) * stream.time_base - _origin(opened)


def _length(opened: "InputContainer", sound: "AudioStream") -> Fraction:
    known = _known_end(opened, sound)
    whole = Fraction(opened.duration or 0, 1_000_000)
    return known or whole or _counted(opened, sound)[1]


def _counted(opened: "InputContainer", stream: "VideoStream | AudioStream") -> tuple[int, Fraction]:
    """Count a stream's packets, and find when the last of them ends."""
    times: list[int] = []
    last = 0
    for packet in opened.demux(stream):
        if packet.pts is not None:
            times.append(packet.pts)
            last = max(last, packet.pts + (packet.duration or 0))
    opened.seek(0)
    if not times or stream.time_base is None:
        raise UnreadableMedia("There is no frame in the film.")
    if last <= max(times) and len(times) > 1:
        last = max(times) + (max(times) - min(times)) // (len(times) - 1)
    return len(times), last * stream.time_base - _origin(opened)


def _first_frame(opened: "InputContainer", stream: "VideoStream") -> tuple[int, int, bool]:
    """Width and height as coded, and whether the film is shown turned by a quarter.

    Pictures that nobody would decode are not decoded to be measured either.
    """
    coded = stream.codec_context
    if coded.width * coded.height > MOST_PIXELS:
        return coded.width, coded.height, False
    for frame in opened.decode(stream):
        return frame.width, frame.height, frame.rotation % 180 == 90
    raise UnreadableMedia("There is no frame in the film.")
