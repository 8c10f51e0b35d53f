"""What is known of a media file once it has been looked into."""

from fractions import Fraction
from typing import Final

import msgspec

from domain.shared.errors import UnacceptedMedia

_OLD: Final = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A film's picture."""

    codec: str
    width: int
    height: int
    frame_rate: Fraction
    """Average frames a second."""
    frames: int
    """Frames the container counts; 0 where it does not say."""


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A film or a sound file."""

    seconds: Fraction
    picture: Picture | None = None
    sound: str | None = None
    """The sound's codec; None when it is silent."""
    streams: int = 1
    """Everything side by side in the file: pictures, sounds, subtitles and what else there is."""


def require_film(media: Media) -> None:
    """Raise `UnacceptedMedia` for what has no moving picture: a move needs one."""
    if media.picture is None:
        raise UnacceptedMedia("The file has sound but no moving picture; a move needs a film.")
    if media.picture.frames == 1:
        raise UnacceptedMedia("The file has one picture, which does not move; a move needs a film.")


def type_of(head: bytes) -> str:
    """The media type of a clip, by its first bytes, of which 64 are enough."""
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"webm" in head else "video/x-matroska"
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    # Without a `ftyp` box it is a film of the days before MP4.
    return "video/quicktime" if head[4:8] in _OLD else "application/octet-stream"
