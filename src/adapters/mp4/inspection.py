"""Inspect a joined film by its tables before its publication."""

from fractions import Fraction
from pathlib import Path
from typing import Final

from adapters.mp4.boxes import box_of
from adapters.mp4.reader import read_track
from domain.library.media import Media, Picture
from domain.library.media_checks import FileFacts
from domain.rendering.film_checks import CONTAINER

_VIDEO: Final = {b"avc1": "h264", b"hvc1": "hevc", b"hev1": "hevc"}
_AUDIO: Final = {b"mp4a": "aac"}
"""Codecs by the names of their sample entries (ISO/IEC 14496-15 and -14)."""


def facts_of(film: Path) -> FileFacts:
    """Return what the tables of a film tell; raises `UnreadableTrack`."""
    picture, sound = read_track(film, "video"), read_track(film, "audio")
    lasts = Fraction(picture.durations.total, picture.timescale)
    return FileFacts(
        media=Media(
            seconds=lasts,
            picture=Picture(
                codec=_named(picture.entry, _VIDEO),
                width=picture.width,
                height=picture.height,
                frame_rate=picture.count / lasts if lasts else Fraction(0),
                frames=picture.count,
            ),
            sound=_named(sound.entry, _AUDIO),
            streams=2,
        ),
        size=film.stat().st_size,
        container=CONTAINER,
        sound_seconds=Fraction(sound.length, sound.timescale),
        starts_fast=_starts_fast(film),
    )


def _named(entry: bytes, codecs: dict[bytes, str]) -> str:
    """Return the name of the codec of a sample entry."""
    kind = entry[4:8]
    return codecs.get(kind, kind.decode("latin-1"))


def _starts_fast(film: Path) -> bool:
    """Return True if the second box is the header, as `join` writes it."""
    with film.open("rb") as opened:
        first = box_of(opened.read(16), 0, film.stat().st_size)
        opened.seek(first.end)
        return opened.read(8)[4:] == b"moov"
