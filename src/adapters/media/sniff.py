"""Detect the container of a file by its first bytes, never by its name."""

import os
from collections.abc import Callable
from typing import Final, NamedTuple

ACCEPTED: Final = "MP4, MOV, M4A, MKV, WebM, WAV, MP3, FLAC, Ogg or AAC"

_HEAD: Final = 16
_SEARCHED: Final = 65_536
"""Number of bytes at the beginning in which audio frames are searched, as players do."""
_TAGS: Final = 4
"""Maximum number of successive ID3 tags to skip."""
_CHUNKS: Final = 100
_OPEN: Final = 0xFFFFFFFF
_FRAMES: Final = 3
_OTHERS: Final = (
    b"RIFF",
    b"FORM",
    b"FLV",
    b"\0\0\1\xba",
    b"\x30\x26\xb2\x75",
    b"#",
    b"<",
    b"%PDF",
    b"PK",
)
"""First bytes of AVI, AIFF, FLV, MPEG programs, ASF, lists, pages and archives."""

_MOV_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp")
_BEGINNINGS: Final = ((b"\x1aE\xdf\xa3", "matroska"), (b"fLaC", "flac"), (b"OggS", "ogg"))

_RATES: Final = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
"""Kilobits per second of MPEG-1 and of MPEG-2 layer III (ISO 11172-3, 13818-3)."""
_SAMPLING: Final = (44_100, 48_000, 32_000)


class Container(NamedTuple):
    """A container, and the settings of its reader."""

    form: str
    """FFmpeg's name of the container."""
    endless: bool = False
    """True if a WAV's header leaves its length open, as in one written to a pipe."""
    skip: int = 0
    """Number of bytes in front that the reader cannot skip itself."""


def container_of(file: int) -> Container | None:
    """Return the container of an open file; None if it is not accepted. Raises OSError."""
    at = _after_tags(file)
    form = _container(os.pread(file, _HEAD, at))
    if form == "wav":
        return Container("wav", endless=_is_endless(file, at), skip=at)
    if form is not None:
        return Container(form, skip=at if form == "ogg" else 0)
    head = os.pread(file, _SEARCHED, at)
    form = None if _is_other(head) else _frames_in(head)
    return None if form is None else Container(form)


def _after_tags(file: int) -> int:
    """Return the offset after any ID3 tags, which may precede all audio data (id3.org, ID3v2.4)."""
    at = 0
    for _ in range(_TAGS):
        head = os.pread(file, 10, at)
        if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 127:
            break
        size = sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        at += 10 + size + (10 if head[5] & 0x10 else 0)
    return at


def _container(head: bytes) -> str | None:
    for beginning, name in _BEGINNINGS:
        if head.startswith(beginning):
            return name
    if head[4:8] in _MOV_BOXES:
        return "mov"
    return "wav" if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE" else None


def _is_endless(file: int, start: int) -> bool:
    """Return True if the data of a WAV extends to the end of the file."""
    if os.pread(file, 4, start) == b"RF64":
        return False
    at = start + 12
    for _ in range(_CHUNKS):
        head = os.pread(file, 8, at)
        if len(head) < 8:
            return False
        size = int.from_bytes(head[4:], "little")
        if head[:4] == b"data":
            return size in (0, _OPEN) and os.fstat(file).st_size > at + 8
        at += 8 + size + size % 2
    return False


def _is_other(head: bytes) -> bool:
    """Return True for other containers, in which audio frames could be found by chance."""
    stream = head[:1] == head[188:189] == head[376:377] == b"\x47"
    return stream or head.startswith(_OTHERS)


def _frames_in(head: bytes) -> str | None:
    """Return the form of a stream of audio frames without container, MP3 or AAC;
    None for neither.
    """
    at = head.find(b"\xff")
    while 0 <= at < len(head) - 4:
        for form, measure in (("aac", _adts), ("mp3", _mpeg)):
            if _follow(head, at, measure):
                return form
        at = head.find(b"\xff", at + 1)
    return None


def _follow(head: bytes, first: int, measure: Callable[[bytes], int]) -> bool:
    """Return True if several frames follow each other from here; at offset 0 one is enough."""
    at = first
    for number in range(_FRAMES):
        if at >= len(head):
            return number > 0 and first == 0
        length = measure(head[at : at + 6])
        if not length or head[at : at + 2] != head[first : first + 2]:
            return False
        at += length
    return True


def _adts(head: bytes) -> int:
    """Return the bytes of an AAC frame; 0 if it is not one (ISO 13818-7, 6.2)."""
    if len(head) < 6 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0


def _mpeg(head: bytes) -> int:
    """Return the bytes of an MPEG audio frame; 0 if it is not one."""
    if len(head) < 4 or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, sampling = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer == 0 or rate in (0, 15) or sampling == 3:
        return 0
    hertz = _SAMPLING[sampling] // {3: 1, 2: 2, 0: 4}[version]
    padding = head[2] >> 1 & 1
    if layer == 1:
        kilobits = _RATES[0 if version == 3 else 1][rate]
        return (144_000 if version == 3 else 72_000) * kilobits // hertz + padding
    # Layers I and II are detected only to name them in the refusal; their bit rates differ.
    return _other_layer(version, layer, rate, hertz, padding)


def _other_layer(version: int, layer: int, rate: int, hertz: int, padding: int) -> int:
    two = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
    if version != 3:
        two = _RATES[1]
    if layer == 2:
        return 144_000 * two[rate] // hertz + padding
    kilobits = 32 * rate if version == 3 else two[rate]
    return (12_000 * kilobits // hertz + padding) * 4
