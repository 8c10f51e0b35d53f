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
_MOST_PICTURES: Final = 3
"""Number of first frames to decode, to detect interlacing."""


class _Chosen:
    """The selected tracks and their durations."""

    def __init__(
        self, source: "InputContainer", file: int, seconds: float, patience: Patience
    ) -> None:
        self.tracks = survey(source, seconds, patience)
        self.streams = len(source.streams)
        self.picture = moving_picture(source, self.tracks)
        self.sound = sound_track(
            source, self.tracks, lambda index: is_silent(file, index, patience)
        )
        if self.picture is None and self.sound is None:
            raise nothing_there(source)
        self.beginning = origin(source)
        stream = None if self.sound is None else cast("AudioStream", source.streams[self.sound])
        self.sound_codec = codec_of(stream) if stream is not None else None
        self.sound_rate = (stream.rate or 0) if stream is not None else 0

    @property
    def sound_seconds(self) -> Fraction | None:
        """Return the seconds to the end of the audio track, from its packets."""
        return None if self.sound is None else self.tracks[self.sound].end(self.beginning)


def look(file: int, seconds: float) -> Look:
    """Probe an open file up to ``seconds``; raises `UnreadableMedia`, `TooLarge`."""
    patience = Patience()
    container = sniffed(file)
    with opened(file, container) as source:
        choice = _Chosen(source, file, seconds, patience)
    if choice.picture is None:
        return _song(file, container, choice, seconds, patience)
    with opened(file, container) as source:
        stream = cast("VideoStream", source.streams[choice.picture])
        return _film(source, stream, container, choice, patience)


def _song(
    file: int, container: Container, choice: _Chosen, seconds: float, patience: Patience
) -> Look:
    assert choice.sound is not None  # noqa: S101 - one of both is there
    sound_length = length(file, choice.sound, seconds, patience)
    if not sound_length:
        raise UnreadableMedia("The sound of the file is empty: it has no samples.")
    return Look(
        form=container.form,
        media=Media(seconds=sound_length, sound=choice.sound_codec, streams=choice.streams),
        sound=choice.sound,
        sound_seconds=sound_length,
        sound_rate=choice.sound_rate,
        endless=container.endless,
        skip=container.skip,
    )


def _film(
    source: "InputContainer",
    stream: "VideoStream",
    container: Container,
    choice: _Chosen,
    patience: Patience,
) -> Look:
    track: Track = choice.tracks[stream.index]
    end = track.end(choice.beginning)
    if end <= 0:
        raise UnreadableMedia("The film has no timestamps for its frames.")
    coded: Any = stream.codec_context
    configuration = bytes(coded.extradata or b"")
    width, height, pictures = coded.width, coded.height, list[VideoFrameOf]()
    if width * height <= limits.FRAME_PIXELS:
        # A film with too many pixels for processing is not decoded here either.
        limits.keep("pixels in all its pictures", width * height * track.packets, limits.PIXELS)
        pictures = _first_pictures(source, stream, patience)
        width, height = pictures[0].width, pictures[0].height
    turned = bool(pictures) and pictures[0].turned
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
            sound=choice.sound_codec,
            streams=choice.streams,
        ),
        picture=stream.index,
        sound=choice.sound,
        hdr=bool(pictures) and pictures[0].transfer in _HDR,
        colours=_colours(pictures[0]) if pictures else None,
        interlaced=any(each.interlaced for each in pictures),
        setup=configuration,
        sound_seconds=choice.sound_seconds,
        sound_rate=choice.sound_rate,
    )


class VideoFrameOf:
    """The properties of a decoded frame, without its pixels."""

    def __init__(self, frame: "VideoFrame") -> None:
        """Take the frame."""
        source: Any = frame
        self.width: int = source.width
        self.height: int = source.height
        self.turned: bool = source.rotation % 180 == 90
        self.interlaced: bool = bool(source.interlaced_frame)
        self.transfer = int(source.color_trc or 0)
        self.primaries = int(source.color_primaries or 0)
        self.matrix = int(source.colorspace or 0)


def _first_pictures(
    source: "InputContainer", stream: "VideoStream", patience: Patience
) -> list[VideoFrameOf]:
    prepare(stream)
    pictures: list[VideoFrameOf] = []
    for frame in source.decode(stream):
        patience.picture(frame.width, frame.height)
        pictures.append(VideoFrameOf(frame))
        if len(pictures) == _MOST_PICTURES:
            break
    if not pictures:
        raise UnreadableMedia("The film contains no frames.")
    return pictures


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
