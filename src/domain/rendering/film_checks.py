"""The properties that a finished film must have before it is published."""

from fractions import Fraction
from typing import Final

from domain.blueprint.timeline import Timeline
from domain.library.media_checks import FileFacts, Level, Requirements, faults
from domain.shared.errors import FilmFlawed

CONTAINER: Final = "mov"
"""FFmpeg's name of MP4."""
CODECS: Final = {"libx264": "h264", "libx265": "hevc"}
"""Names of the encoders' output formats."""
AAC_FRAME: Final = Fraction(1024, 48_000)
"""Seconds of one AAC packet, the resolution of its duration (ISO/IEC 14496-3)."""


def requirements_of(timeline: Timeline, *, joined: bool) -> Requirements:
    """Return the requirements on a film of a timeline.

    A film that was ``joined`` by copying shows every picture of its clips, if need be longer or
    shorter, and its duration is exact. Any other one has a constant frame rate, and its duration is
    right to the frame.
    """
    output, rate = timeline.output, Fraction(timeline.output.frame_rate)
    frames = timeline.pictures if joined else timeline.frames
    return Requirements(
        what="film",
        containers=(CONTAINER,),
        video_codecs=(CODECS[output.video_codec],),
        audio_codecs=(output.audio_codec,),
        resolution=(output.width, output.height),
        frame_rate=rate if frames == timeline.frames else None,
        moving=True,
        sound=True,
        frames=frames,
        seconds=timeline.soundtrack.seconds,
        tolerance=Fraction(0) if joined else 1 / rate,
        sound_tolerance=AAC_FRAME,
        starts_fast=True,
        decodes=True,
    )


def refuse_flaws(facts: FileFacts, required: Requirements) -> None:
    """Raise `FilmFlawed`, which names every difference, unless a film passes the full check."""
    flaws = faults(facts, required, Level.FULL)
    if flaws:
        text = " ".join(each.sentence for each in flaws)
        raise FilmFlawed(f"The film differs from the request. {text}")
