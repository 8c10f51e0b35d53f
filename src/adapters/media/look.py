"""Probe a file: count all packets, decode the first frames of a film and the whole of a song."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, cast

from adapters.media import limits
from adapters.media.messages import Look
from adapters.media.opened import codec_of, opened, origin, sniffed
from adapters.media.patience import Patience
from adapters.media.sniff import Container
from adapters.media.sound import is_silent, length
from adapters.media.survey import Track, moving_picture, nothing_there, sound_track, survey
from domain.library.media import Media, Picture
from domain.shared.errors import UnreadableMedia

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_HDR: Final = {16: "smpte2084", 18: "arib-std-b67"}
_WIDE: Final = 9
_PRIMARIES: Final = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 11: "smpte431", 12: "smpte432"}
_MATRICES: Final = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 10: "bt2020c"}
"""PQ and HLG, the numbers of BT.2020, other primaries and matrices (ITU-T H.273), with their names
in FFmpeg.
"""
_SEEN: Final = 3
"""Number of first frames to decode, to detect interlacing."""


class _Chosen:
    """The selected tracks and their durations."""

    def __init__(
        self, found: "InputContainer", file: int, seconds: float, patience: Patience
    ) -> None:
        self.tracks = survey(found, seconds, patience)
        self.streams = len(found.streams)
        self.picture = moving_picture(found, self.tracks)
        self.sound = sound_track(found, self.tracks, lambda index: is_silent(file, index, patience))
        if self.picture is None and self.sound is None:
            raise nothing_there(found)
        self.beginning = origin(found)
        stream = None if self.sound is None else cast("AudioStream", found.streams[self.sound])
        self.sound_codec = codec_of(stream) if stream is not None else None
        self.sound_rate = (stream.rate or 0) if stream is not None else 0

    @property
    def heard(self) -> Fraction | None:
        """Return the seconds to the end of the audio track, from its packets."""
        return None if self.sound is None else self.tracks[self.sound].end(self.beginning)


def look(file: int, seconds: float) -> Look:
    """Probe an open file up to ``seconds``; raises `UnreadableMedia`, `TooLarge`."""
    patience = Patience()
    container = sniffed(file)
    with opened(file, container) as found:
        chosen = _Chosen(found, file, seconds, patience)
    if chosen.picture is None:
        return _song(file, container, chosen, seconds, patience)
    with opened(file, container) as found:
        stream = cast("VideoStream", found.streams[chosen.picture])
        return _film(found, stream, container, chosen, patience)


def _song(
    file: int, container: Container, chosen: _Chosen, seconds: float, patience: Patience
) -> Look:
    assert chosen.sound is not None  # noqa: S101 - one of both is there
    heard = length(file, chosen.sound, seconds, patience)
    if not heard:
        raise UnreadableMedia("The sound of the file is empty: it has no samples.")
    return Look(
        form=container.form,
        media=Media(seconds=heard, sound=chosen.sound_codec, streams=chosen.streams),
        sound=chosen.sound,
        sound_seconds=heard,
        sound_rate=chosen.sound_rate,
        endless=container.endless,
        skip=container.skip,
    )


def _film(
    found: "InputContainer",
    stream: "VideoStream",
    container: Container,
    chosen: _Chosen,
    patience: Patience,
) -> Look:
    track: Track = chosen.tracks[stream.index]
    end = track.end(chosen.beginning)
    if end <= 0:
        raise UnreadableMedia("The film has no timestamps for its frames.")
    coded: Any = stream.codec_context
    configuration = bytes(coded.extradata or b"")
    width, height, seen = coded.width, coded.height, list[VideoFrameOf]()
    if width * height <= limits.FRAME_PIXELS:
        # A film with too many pixels for processing is not decoded here either.
        limits.keep("pixels in all its pictures", width * height * track.packets, limits.PIXELS)
        seen = _first_pictures(found, stream, patience)
        width, height = seen[0].width, seen[0].height
    turned = bool(seen) and seen[0].turned
    return Look(
        form=container.form,
        media=Media(
            seconds=end,
            picture=Picture(
                codec=str(codec_of(stream)),
                width=height if turned else width,
                height=width if turned else height,
                frame_rate=Fraction(stream.average_rate or track.packets / end),
                frames=track.packets,
            ),
            sound=chosen.sound_codec,
            streams=chosen.streams,
        ),
        picture=stream.index,
        sound=chosen.sound,
        hdr=bool(seen) and seen[0].transfer in _HDR,
        colours=_colours(seen[0]) if seen else None,
        interlaced=any(each.interlaced for each in seen),
        setup=configuration,
        sound_seconds=chosen.heard,
        sound_rate=chosen.sound_rate,
    )


class VideoFrameOf:
    """The properties of a decoded frame, without its pixels."""

    def __init__(self, frame: "VideoFrame") -> None:
        """Take the frame."""
        said: Any = frame
        self.width: int = said.width
        self.height: int = said.height
        self.turned: bool = said.rotation % 180 == 90
        self.interlaced: bool = bool(said.interlaced_frame)
        self.transfer = int(said.color_trc or 0)
        self.primaries = int(said.color_primaries or 0)
        self.matrix = int(said.colorspace or 0)


def _first_pictures(
    found: "InputContainer", stream: "VideoStream", patience: Patience
) -> list[VideoFrameOf]:
    prepare(stream)
    seen: list[VideoFrameOf] = []
    for frame in found.decode(stream):
        patience.picture(frame.width, frame.height)
        seen.append(VideoFrameOf(frame))
        if len(seen) == _SEEN:
            break
    if not seen:
        raise UnreadableMedia("The film contains no frames.")
    return seen


def prepare(stream: "VideoStream") -> None:
    """Decode in one thread, and refuse frames above the pixel limit."""
    coded: Any = stream.codec_context
    coded.thread_count = 1
    coded.options = {"max_pixels": str(limits.FRAME_PIXELS), "threads": "1"}


def _colours(frame: VideoFrameOf) -> tuple[str, str, str] | None:
    """Return primaries, transfer and matrix of a frame that is not BT.709; None for BT.709.

    Missing values follow from the others: HDR is BT.2020 unless the file says otherwise.
    """
    if frame.transfer not in _HDR and _WIDE not in (frame.primaries, frame.matrix):
        return None
    primaries = _PRIMARIES.get(frame.primaries, "bt2020")
    matrix = _MATRICES.get(frame.matrix, "bt2020nc")
    return primaries, _HDR.get(frame.transfer, "bt709"), matrix
