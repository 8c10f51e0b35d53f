"""Which container a file is, by its first bytes and never by its name."""

from pathlib import Path
from typing import Final

HEAD: Final = 16
ACCEPTED: Final = "MP4, MOV, M4A, MKV, WebM, WAV, MP3, FLAC, Ogg or AAC"

_MOV_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_BEGINNINGS: Final = (
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"fLaC", "flac"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
)


def container(head: bytes) -> str | None:
    """FFmpeg's name for the container that ``head``, a file's first 16 bytes, opens; or None."""
    for beginning, name in _BEGINNINGS:
        if head.startswith(beginning):
            return name
    if head[4:8] in _MOV_BOXES:
        return "mov"
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    return _bare_frames(head)


def _bare_frames(head: bytes) -> str | None:
    """Frames without a container: both begin with a sync word; the layer bits tell them apart."""
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "aac"
    layer, rate, sampling = head[1] & 0x06, head[2] >> 4, head[2] & 0x0C
    is_mpeg = head[1] & 0xE0 == 0xE0 and layer and rate != 0x0F and sampling != 0x0C
    return "mp3" if is_mpeg else None


def container_of(file: Path) -> str | None:
    """The container of a file; None for what is not accepted. Raises OSError."""
    with file.open("rb") as opened:
        return container(opened.read(HEAD))
