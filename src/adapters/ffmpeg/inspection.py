"""Inspect a finished film before its publication."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

from adapters.ffmpeg.filters import SAMPLE_RATE
from adapters.media.messages import Look
from domain.blueprint.timeline import Timeline

CODECS: Final = {"libx264": "h264", "libx265": "hevc"}
"""Names of the encoders' output formats."""
AAC_FRAME: Final = Fraction(1024, SAMPLE_RATE)
"""Seconds of one AAC packet, the resolution of its duration."""


def differences(look: Look, timeline: Timeline) -> Iterator[str]:
    """Yield a sentence for each difference between a film and its timeline."""
    output, picture = timeline.output, look.media.picture
    if picture is None:
        yield "It has no video."
        return
    length = timeline.soundtrack.seconds
    frame = Fraction(1, output.frame_rate)
    if picture.frames != timeline.frames:
        yield f"It has {picture.frames} frames instead of {timeline.frames}."
    if (picture.width, picture.height) != (output.width, output.height):
        yield (f"It is {picture.width}x{picture.height} instead of {output.width}x{output.height}.")
    if picture.codec != CODECS[output.video_codec]:
        yield f"Its video codec is {picture.codec} instead of {CODECS[output.video_codec]}."
    if abs(look.media.seconds - length) > frame:
        yield f"It lasts {float(look.media.seconds):.3f} s instead of {float(length):.3f} s."
    if look.media.sound != output.audio_codec:
        yield f"Its audio codec is {look.media.sound or 'missing'} instead of {output.audio_codec}."
    elif abs((look.sound_seconds or 0) - length) > AAC_FRAME:
        sound_length = float(look.sound_seconds or 0)
        yield f"Its sound lasts {sound_length:.3f} s instead of {float(length):.3f} s."


def starts_fast(film: Path) -> bool:
    """Return True if an MP4 has its index before its data, so that it plays during the download."""
    with film.open("rb") as opened:
        end = opened.seek(0, 2)
        at = 0
        while at + 8 <= end:
            opened.seek(at)
            head = opened.read(16)
            size, kind = int.from_bytes(head[:4]), head[4:8]
            if kind in (b"moov", b"mdat"):
                return kind == b"moov"
            if size == 1:
                size = int.from_bytes(head[8:])
            if size < 8:
                return False
            at += size
    return False
