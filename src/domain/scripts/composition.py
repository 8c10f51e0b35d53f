"""The options of a narrated video: its size, its length, its voice and its captions."""

from enum import StrEnum
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.blueprint.model import FrameRate, OutputConfig, bits
from domain.scripts.languages import Language

FRAME_RATE: Final[FrameRate] = 30
"""Frames per second of every narrated video."""

Resolution = Literal["1920x1080", "1280x720", "3840x2160", "1080x1920"]


class VideoQuality(StrEnum):
    """Bits that a video may take."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Narration(StrEnum):
    """The sound of a video."""

    VOICE = "voice"
    """A voice reads the script."""
    FILE = "file"
    """Only the author's own recordings, which the script names."""
    NONE = "none"


class Captions(StrEnum):
    """The places in which the words are shown."""

    NONE = "none"
    FILE = "file"
    """As WebVTT beside the video."""
    BURNED = "burned"
    """As WebVTT, and over the pictures."""


class CompositionSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of a narrated video."""

    resolution: Resolution = "1920x1080"
    """Width and height in pixels; `1080x1920` is an upright video with a layout of its own."""
    duration: Annotated[float, Meta(ge=5, le=600, description="Seconds of the video.")] | None = (
        None
    )
    """Without it, the video lasts as long as its scenes."""
    quality: VideoQuality = VideoQuality.MEDIUM
    include_audio: bool = True
    """False: the video is silent."""
    language: Language | None = None
    """Language of the voice; without it, that of the script."""
    narration: Narration = Narration.VOICE
    narration_speed: Annotated[
        float, Meta(ge=0.7, le=1.4, description="Speed of the voice; 1 is usual.")
    ] = 1.0
    captions: Captions = Captions.FILE
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    """Another seed gives other colours and other movements of the pictures."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        width, _, height = self.resolution.partition("x")
        return int(width), int(height)

    @property
    def is_upright(self) -> bool:
        """True if the video is higher than wide."""
        width, height = self.size
        return height > width


_PIXELS_OF_FULL_HD: Final = 1920 * 1080
_RATES: Final = {
    VideoQuality.HIGH: (8_000, "192k"),
    VideoQuality.MEDIUM: (4_500, "128k"),
    VideoQuality.LOW: (2_200, "96k"),
}
"""Thousands of bits per second of 1920x1080, and those of the sound.

Slowly moved pictures need about half of what dancers need.
"""


def output_of(settings: CompositionSettings, output_path: str) -> OutputConfig:
    """Return the format of the finished video.

    The video bitrate grows with the pixels to the power of 0.75, as larger pictures are easier to
    predict per pixel.
    """
    width, height = settings.size
    rate, sound = _RATES[settings.quality]
    share: float = (width * height / _PIXELS_OF_FULL_HD) ** 0.75
    return OutputConfig(
        output_path=output_path,
        width=width,
        height=height,
        frame_rate=FRAME_RATE,
        frame_rate_mode="constant",
        video_bitrate=f"{round(rate * share / 100) * 100}k",
        audio_bitrate=sound,
    )


_LETTERS: Final = 12
"""Letters that a slow voice reads in a second."""
_SHORTEST: Final = 5
"""Seconds of the shortest video."""


def estimated_size(settings: CompositionSettings, text: str) -> int:
    """Return about how many bytes the video of a text will have, rather too many."""
    output = output_of(settings, "video.mp4")
    spoken = len(text) / _LETTERS / settings.narration_speed
    seconds = settings.duration or max(_SHORTEST, spoken)
    return int(seconds * (bits(output.video_bitrate) + bits(output.audio_bitrate)) / 8)


class VideoRequest(CompositionSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request for the video of a script."""

    script_id: UUID

    @property
    def settings(self) -> CompositionSettings:
        """The options alone."""
        fields = msgspec.structs.asdict(self)
        del fields["script_id"]
        return CompositionSettings(**fields)
