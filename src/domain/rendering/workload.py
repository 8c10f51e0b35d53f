"""The workload of a film: its duration, the frames to encode, and bytes of disk.

A film is joined by copying. Only these are encoded: the frames before a cut's first keyframe,
fades, cuts at another tempo if the frame rate is constant, and whole clips if the film has another
size, frame rate, codec or bitrate than the default. Clips for the default film are encoded once for
all films, so they are not counted here.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import msgspec

from domain.blueprint.model import Blueprint, OutputConfig, bits
from domain.blueprint.timeline import Cut, Timeline
from domain.library.limits import CLIP
from domain.shared.errors import BlueprintRejected
from domain.shared.frame_time import exact, nearest
from domain.shared.violations import Violation

GROUP: Final = 2
"""Seconds between two keyframes of a normalised clip."""
LONGEST: Final = CLIP.seconds
"""Maximum seconds of a clip that is encoded completely; of a longer one, only cuts are."""

ORDINARY: Final = OutputConfig(output_path="ordinary.mp4")
MINUTE: Final = 60 * ORDINARY.frame_rate * ORDINARY.width * ORDINARY.height
"""Pixels of one minute of a default film."""

_SLOWNESS: Final = {"libx264": 1, "libx265": 3}
"""Encoding time of a codec for the same pixels, relative to libx264, measured with the presets in
use.
"""


class Workload(msgspec.Struct, frozen=True, kw_only=True):
    """The minimum workload of one film."""

    seconds: Fraction
    """Duration of the film."""
    frames: int
    """Number of frames to encode."""
    minutes: Fraction
    """Encoding time as minutes of 1280x720 at 30 frames per second."""
    size: int
    """Bytes of the film and of all intermediate files, at the requested bitrates."""
    film_size: int
    """Bytes of the film alone."""


class FilmLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The maximum workload of a film."""

    seconds: int = 3600
    """Duration of the film."""
    encoded_minutes: int = 120
    """See `Workload.minutes`."""
    megabytes: int = 8192
    """Disk space; a megabyte is a million bytes."""
    joined: bool = True
    """True if films are joined by copying; otherwise every cut is encoded."""

    def check(
        self,
        blueprint: Blueprint,
        timeline: Timeline,
        lengths: Mapping[str, Fraction] | None = None,
    ) -> Workload:
        """Return the workload of a checked Blueprint with its ``timeline``.

        Raises `BlueprintRejected` if it exceeds a limit, and names each such limit with its value.
        ``lengths`` are seconds of clips by storage path; without them the durations come from the
        Blueprint.
        """
        work = workload(blueprint, timeline, lengths or {}, joined=self.joined)
        if violations := tuple(_excess(self, work, blueprint.output_config)):
            raise BlueprintRejected(violations, "The film takes more work than is allowed.")
        return work


def workload(
    blueprint: Blueprint,
    timeline: Timeline,
    lengths: Mapping[str, Fraction],
    *,
    joined: bool = True,
) -> Workload:
    """Return the workload of a checked Blueprint with its ``timeline``."""
    output = blueprint.output_config
    clip_lengths = {**_minimum_lengths(blueprint), **lengths}
    frames = _joined(timeline, clip_lengths) if joined else sum(c.frames for c in timeline.distinct)
    seconds = timeline.soundtrack.seconds
    picture, sound = bits(output.video_bitrate), bits(output.audio_bitrate)
    # If a film is not joined, its cuts form one file before the sound is added.
    film = seconds * (picture * (1 if joined else 2) + sound * 2)
    encoded = Fraction(frames, output.frame_rate) * picture
    pixels = frames * output.width * output.height * _SLOWNESS[output.video_codec]
    return Workload(
        seconds=seconds,
        frames=frames,
        minutes=Fraction(pixels, MINUTE),
        size=int((film + encoded) / 8),
        film_size=int(seconds * (picture + sound) / 8),
    )


def _joined(timeline: Timeline, lengths: Mapping[str, Fraction]) -> int:
    """Return the number of frames to encode for a film that is joined by copying."""
    output = timeline.output
    pieces: dict[object, int] = {}
    for cut in timeline.distinct:
        if (output.frame_rate_mode == "constant" and cut.rate != 1) or (
            lengths[cut.clip] > LONGEST
        ):
            pieces[cut] = cut.pictures(output)
            continue
        pieces |= _encoded_parts(cut, output)
        if not is_ordinary(output):
            pieces[cut.clip] = int(lengths[cut.clip] * output.frame_rate)
    return sum(pieces.values())


def _encoded_parts(cut: Cut, output: OutputConfig) -> dict[object, int]:
    """Return the encoded frames of a cut, by a key that is equal for shared parts."""
    frames = cut.pictures(output)
    group = GROUP * output.frame_rate
    fade_out = _scaled(cut.fade_out, cut, frames)
    under = cut.crossfade
    changed = max(
        _scaled(cut.fade_in, cut, frames), _scaled(under.frames, cut, frames) if under else 0
    )
    head = -(cut.first + changed) % group + changed
    if head >= frames - fade_out:
        return {cut: frames if fade_out else max(head, frames)}
    parts: dict[object, int] = {}
    if head:
        parts["head", cut.clip, cut.first, cut.rate, cut.fade_in, under, head] = head
    if fade_out:
        parts["end", cut] = fade_out
    return parts


def is_ordinary(output: OutputConfig) -> bool:
    """Return True if clips have the default format, so that they are encoded once for all films."""
    return all(
        getattr(output, name) == getattr(ORDINARY, name)
        for name in ("width", "height", "frame_rate", "video_codec", "video_bitrate")
    )


def _scaled(frames: int, cut: Cut, most: int) -> int:
    """Convert frames of the film to frames of the clip: at least 1, unless ``frames`` is 0."""
    return min(most, max(1, nearest(frames * cut.rate))) if frames else 0


def _minimum_lengths(blueprint: Blueprint) -> dict[str, Fraction]:
    """Return the minimum duration of each clip in seconds, from the Blueprint."""
    minima: dict[str, Fraction] = {}
    for move in blueprint.moves:
        end = exact(move.trim_start) + exact(move.duration) * exact(move.playback_rate)
        whole = max(end + exact(move.trim_end), exact(move.original_duration or 0))
        minima[move.video_path] = max(whole, minima.get(move.video_path, Fraction(0)))
    return minima


def _excess(limits: FilmLimits, work: Workload, output: OutputConfig) -> list[Violation]:
    size = f"{output.width}x{output.height}"
    megabytes = -(-work.size // 1_000_000)
    checks = (
        (
            work.seconds > limits.seconds,
            "$.moves",
            f"The film lasts {float(work.seconds):,.1f} s; "
            f"the limit BACHATA_MAX_FILM_SECONDS is {limits.seconds:,} s. Use fewer moves.",
        ),
        (
            work.minutes > limits.encoded_minutes,
            "$.output_config",
            f"{work.frames:,} frames of {size} have to be encoded with {output.video_codec}, "
            f"which takes as long as {-(-work.minutes // 1):,} minutes of 1280x720 at 30 frames a "
            f"second; the limit BACHATA_MAX_ENCODED_MINUTES is {limits.encoded_minutes:,}. "
            "Choose a smaller width, height or frame_rate, or fewer clips and transitions.",
        ),
        (
            megabytes > limits.megabytes,
            "$.output_config.video_bitrate",
            f"The film and what is made for it take {megabytes:,} MB of disk; "
            f"the limit BACHATA_MAX_FILM_MB is {limits.megabytes:,} MB. Choose a lower bitrate.",
        ),
    )
    return [Violation(path=path, message=message) for passed, path, message in checks if passed]
