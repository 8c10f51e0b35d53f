"""Properties of a media file, as a probe reads them."""

from fractions import Fraction
from typing import Final

import msgspec

_OLD: Final = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """The video stream of a file."""

    codec: str
    width: int
    height: int
    frame_rate: Fraction
    """Average frames per second."""
    frames: int
    """Number of frames according to the container; 0 if it gives none."""


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A video or audio file."""

    seconds: Fraction
    picture: Picture | None = None
    sound: str | None = None
    """Codec of the audio stream; None if there is none."""
    streams: int = 1
    """Number of streams of all kinds: video, audio, subtitles and others."""


MP4: Final = "video/mp4"
QUICKTIME: Final = "video/quicktime"
MATROSKA: Final = "video/x-matroska"
WEBM: Final = "video/webm"
UNKNOWN: Final = "application/octet-stream"
CLIP_TYPES: Final = (MP4, QUICKTIME, MATROSKA, WEBM, UNKNOWN)
"""Media types of clips."""

HEAD: Final = 64
"""Number of first bytes that identify the media type."""
MP3: Final = "audio/mpeg"
WAV: Final = "audio/wav"
FLAC: Final = "audio/flac"
OGG: Final = "audio/ogg"
M4A: Final = "audio/mp4"
AAC: Final = "audio/aac"
SOUND_TYPES: Final = (MP3, M4A, FLAC, OGG, WAV, AAC, *CLIP_TYPES)
"""Media types of songs, of which some are videos."""
_SOUNDS: Final = ((b"ID3", MP3), (b"fLaC", FLAC), (b"OggS", OGG), (b"RIFF", WAV))
_SOUND_BRANDS: Final = (b"M4A ", b"M4B ")


def type_of(head: bytes) -> str:
    """Return the media type of a clip from its first bytes; 64 bytes are enough."""
    if head.startswith(b"\x1aE\xdf\xa3"):
        return WEBM if b"webm" in head else MATROSKA
    if head[4:8] == b"ftyp":
        return QUICKTIME if head[8:12] == b"qt  " else MP4
    # QuickTime files older than MP4 have no `ftyp` box.
    return QUICKTIME if head[4:8] in _OLD else UNKNOWN


def sound_type_of(head: bytes) -> str:
    """Return the media type of a song from its first bytes; 64 bytes are enough."""
    for beginning, media_type in _SOUNDS:
        if head.startswith(beginning):
            return media_type
    if head[4:8] == b"ftyp" and head[8:12] in _SOUND_BRANDS:
        return M4A
    # The sync word of a frame; layer 0 is AAC in ADTS (ISO/IEC 13818-7), others are MPEG audio.
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return MP3 if head[1] & 0x06 else AAC
    return type_of(head)
