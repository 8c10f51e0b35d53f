"""Inspect a joined film by its tables before its publication."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

from adapters.mp4.boxes import box_of
from adapters.mp4.errors import UnreadableTrack
from adapters.mp4.reader import read_track
from adapters.mp4.samples import AAC_PACKET
from domain.blueprint.timeline import Timeline

CODECS: Final = {"libx264": b"avc1", "libx265": b"hvc1"}
"""Sample entry of each encoder's output."""


def differences(film: Path, timeline: Timeline) -> Iterator[str]:
    """Yield a sentence for each difference between a film and its timeline."""
    try:
        picture, sound = read_track(film, "video"), read_track(film, "audio")
        early = _starts_fast(film)
    except UnreadableTrack as error:
        yield f"It cannot be read: {error}"
        return
    output, length = timeline.output, timeline.soundtrack.seconds
    if picture.count != timeline.pictures:
        yield f"It has {picture.count} frames instead of {timeline.pictures}."
    lasts = Fraction(picture.durations.total, picture.timescale)
    if lasts != length:
        yield f"It lasts {float(lasts):.3f} s instead of {float(length):.3f} s."
    if (picture.width, picture.height) != (output.width, output.height):
        yield f"It is {picture.width}x{picture.height} instead of {output.width}x{output.height}."
    if picture.entry[4:8] != CODECS[output.video_codec]:
        yield "Its video has another codec."
    sound_length = Fraction(sound.length, sound.timescale)
    if abs(sound_length - length) > Fraction(AAC_PACKET, sound.timescale):
        yield f"Its sound lasts {float(sound_length):.3f} s instead of {float(length):.3f} s."
    if not early:
        yield "Players must download all of it before they can start."


def _starts_fast(film: Path) -> bool:
    """Return True if the second box is the header, as `join` writes it."""
    with film.open("rb") as opened:
        first = box_of(opened.read(16), 0, film.stat().st_size)
        opened.seek(first.end)
        return opened.read(8)[4:] == b"moov"
