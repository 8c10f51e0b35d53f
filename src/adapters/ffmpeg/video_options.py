"""Video encoder options, chosen so that pieces can be joined by copying."""

from fractions import Fraction
from typing import Final

from domain.blueprint.model import bits

_LEVELS: Final = (("4.0", 8_192, 245_760, 25_000_000), ("4.2", 8_704, 522_240, 62_500_000))
"""H.264 levels for the high profile: macroblocks per frame, macroblocks per second, bits per second
(ITU-T H.264, tables A-1 and A-2).
"""

PRESET: Final = "faster"
"""A clip is encoded only once; `fast` gains 0.3 VMAF for 40 % more work."""

_TUNING: Final = (
    "stitchable=1:ref=2:weightp=1:psy=0:aq-mode=2:aq-strength=0.6:qcomp=0.5:chromaloc=0"
)
"""The options in the decoder configuration are fixed, so that it is the same for every preset from
veryfast to medium, and for sources with another chroma location such as Motion JPEG. The weaker
adaptive quantisation gains 1.0 VMAF (docs/decisions/0013).
"""


_QUICK: Final = "superfast"
_QUICK_TUNING: Final = f"{_TUNING}:rc-lookahead=4:mbtree=1"
"""A still picture that moves slowly is encoded in half the time of `faster`. The encoder looks a
few frames ahead, which saves bits; with more frames it takes up to 250 MB (docs/decisions/0028).
"""
_QUICK_QUALITY: Final = "18"
"""Constant quality of a still picture: most need less than the bitrate, which limits the others."""


def encoded(
    codec: str, width: int, height: int, frame_rate: int, bitrate: str, *, still: bool = False
) -> list[str]:
    """Return encoder options without B-frames and with closed groups of two seconds, so that pieces
    can be joined at any keyframe.

    Two runs with the same arguments give the same decoder configuration for any content, also when
    it is ``still``: a picture that moves slowly.
    """
    group = 2 * frame_rate
    aim = ("-crf", _QUICK_QUALITY) if still else ("-b:v", bitrate)
    rate = [
        *(*aim, "-maxrate", _rate_text(bits(bitrate) * 5 // 4)),
        *("-bufsize", _rate_text(bits(bitrate) * 2)),
    ]
    timing = ["-video_track_timescale", str(512 * frame_rate)]
    if codec == "libx265":
        options = f"bframes=0:keyint={group}:min-keyint={group}:scenecut=0:open-gop=0:info=0"
        return [
            *("-c:v", codec, "-preset", PRESET, "-threads", "1", "-tag:v", "hvc1", *rate),
            *("-chroma_sample_location", "left"),
            *("-x265-params", f"{options}:pools=none:frame-threads=1:log-level=error", *timing),
        ]
    if codec != "libx264":
        return ["-c:v", codec, "-threads", "1", "-bf", "0", "-g", str(group), *rate, *timing]
    return [
        *("-c:v", codec, "-preset", _QUICK if still else PRESET, "-threads", "1"),
        *("-profile:v", "high"),
        *(*_level(width, height, frame_rate, bitrate), "-bf", "0"),
        *("-g", str(group), "-keyint_min", str(group), "-sc_threshold", "0", "-flags", "+cgop"),
        *(*rate, "-x264-params", _QUICK_TUNING if still else _TUNING, *timing),
    ]


def _level(width: int, height: int, frame_rate: int, bitrate: str) -> list[str]:
    """Return the option for the lowest sufficient level; above 1080p60 x264 chooses."""
    blocks = -(-width // 16) * -(-height // 16)
    needed = (blocks, blocks * frame_rate, bits(bitrate) * 5 // 4)
    for level, *most in _LEVELS:
        if all(need <= limit for need, limit in zip(needed, most, strict=True)):
            return ["-level:v", level]
    return []


def _rate_text(rate: int) -> str:
    """Return bits per second in the usual notation: 2500k, 4M."""
    whole, unit = next(
        (Fraction(rate, scale), unit)
        for scale, unit in ((1_000_000, "M"), (1_000, "k"), (1, ""))
        if rate % scale == 0
    )
    return f"{whole}{unit}"
