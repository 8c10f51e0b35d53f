"""The Blueprint: the document that connects the planning and the rendering of a film."""

from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from domain.shared.frame_time import exact
from domain.shared.paths import LONGEST
from domain.shared.texts import STORABLE

VERSION: Final = 1
MOST_MOVES: Final = 2000

StoragePath = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST,
        description="A relative storage path with '/' as separator and without '..'.",
        extra={"storage_path": True},
    ),
]
DAY: Final = 86_400
"""Seconds of a day, the maximum of all times in a Blueprint."""

Length = Annotated[float, Meta(gt=0, le=DAY, description="Duration of the clip in seconds.")]
FrameRate = Literal[24, 25, 30, 50, 60]
Side = Annotated[int, Meta(ge=16, le=3840, multiple_of=2, description="Pixels; an even number.")]
Bitrate = Annotated[
    str, Meta(pattern=r"^[0-9]{1,9}[kM]?$(?!\n)", description="Bits per second: '2M' or '128k'.")
]


class Difficulty(StrEnum):
    """Difficulty of a move."""

    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Transition(StrEnum):
    """Transition from the previous move."""

    CUT = "cut"
    CROSSFADE = "crossfade"
    FADE_BLACK = "fade_black"


class BlueprintMove(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One move of the film: a part of a clip, and its place in the film."""

    video_path: StoragePath
    start_time: Annotated[float, Meta(ge=0, le=DAY, description="Time in the film, in seconds.")]
    duration: Annotated[float, Meta(gt=0, le=DAY, description="Duration in the film, in seconds.")]
    clip_id: Annotated[str, Meta(max_length=LONGEST, extra_json_schema=STORABLE)] | None = None
    """Id of the move in the library."""
    trim_start: Annotated[
        float, Meta(ge=0, le=DAY, description="Start of the cut in the clip, in seconds.")
    ] = 0
    trim_end: Annotated[
        float, Meta(ge=0, le=DAY, description="Unused seconds at the end of the clip.")
    ] = 0
    original_duration: Length | None = None
    playback_rate: Annotated[
        float, Meta(ge=0.5, le=2, description="Seconds of the clip per second of the film.")
    ] = 1.0
    transition_type: Transition = Transition.CUT
    """Transition from the previous move; without effect on the first one."""
    volume_adjustment: Annotated[
        float, Meta(ge=0, le=1, description="Volume of the clip's own sound; 0 is silent.")
    ] = 0
    reason: dict[str, Any] | None = None
    """The planner's reason: its costs by name, and up to three alternatives."""


class PictureFormat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The part of a film's format on which its encoded clips depend; see `OutputConfig`."""

    width: Side = 1280
    height: Side = 720
    frame_rate: FrameRate = 30
    video_codec: Literal["libx264", "libx265"] = "libx264"
    video_bitrate: Bitrate = "2M"


class OutputConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Format of the finished film."""

    output_path: StoragePath
    output_format: Literal["mp4"] = "mp4"
    video_codec: Literal["libx264", "libx265"] = "libx264"
    audio_codec: Literal["aac"] = "aac"
    video_bitrate: Bitrate = "2M"
    audio_bitrate: Bitrate = "128k"
    frame_rate: FrameRate = 30
    frame_rate_mode: Literal["variable", "constant"] = "variable"
    """With `variable`, a move at another tempo keeps all its frames, and each is shown for a longer
    or shorter time; with `constant`, all frames of the film have the same duration.
    """
    width: Side = 1280
    height: Side = 720
    transition_duration: Annotated[float, Meta(ge=0, le=2, description="Duration in seconds.")] = (
        0.5
    )
    fade_duration: Annotated[
        float, Meta(ge=0, le=5, description="Seconds of the fades at the start and the end.")
    ] = 0
    normalize_audio: bool = False
    """True: change the loudness to -14 LUFS (EBU R128)."""
    add_audio_overlay: bool = True
    """False: the film has only the clips' own sound, without the song."""


class Blueprint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The description of a film: its song, its moves, their cuts and the output."""

    task_id: UUID
    """Id of the task that makes the film; every film needs a new one."""
    audio_path: StoragePath
    moves: Annotated[
        tuple[BlueprintMove, ...],
        Meta(min_length=1, max_length=MOST_MOVES, description="In the order in which they play."),
    ]
    output_config: OutputConfig
    """Format of the film."""
    schema_version: Literal[1] = VERSION
    """Version of this document."""
    audio_tempo: Annotated[float, Meta(gt=0, le=1000, description="Beats per minute.")] | None = (
        None
    )
    total_duration: (
        Annotated[float, Meta(gt=0, le=2 * DAY, description="End of the last move, in seconds.")]
        | UnsetType
    ) = UNSET
    difficulty_level: Difficulty | None = None
    """Requested difficulty."""
    generation_timestamp: Annotated[datetime, Meta(tz=True)] | None = None
    """Time at which the dance was planned."""
    generation_parameters: dict[str, Any] = {}
    """The request, warnings and quality measures."""

    def __post_init__(self) -> None:
        """Compute the total duration if it is not given."""
        if self.total_duration is UNSET and self.moves:
            msgspec.structs.force_setattr(self, "total_duration", float(self.end))

    @property
    def end(self) -> Fraction:
        """End of the last move in the film, in exact seconds."""
        last = self.moves[-1]
        return exact(last.start_time) + exact(last.duration)

    @property
    def media(self) -> tuple[str, ...]:
        """All files that the film needs, without duplicates, clips in playing order."""
        clips = dict.fromkeys(move.video_path for move in self.moves)
        song = (self.audio_path,) if self.output_config.add_audio_overlay else ()
        return tuple(dict.fromkeys((*song, *clips)))


def bits(bitrate: str) -> int:
    """Return the bits per second of '2M', '128k' or '96000'."""
    scale = {"k": 1_000, "M": 1_000_000}
    return int(bitrate.rstrip("kM")) * scale.get(bitrate[-1], 1)
