"""Which container a file is, by its first bytes and never by its name."""

import os
from collections.abc import Callable
from typing import Final, NamedTuple

ACCEPTED: Final = "MP4, MOV, M4A, MKV, WebM, WAV, MP3, FLAC, Ogg or AAC"

_HEAD: Final = 16
_SEARCHED: Final = 65_536
"""Bytes at the beginning among which frames of sound are looked for, as players do."""
_TAGS: Final = 4
"""ID3 tags one after another that are passed over."""
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
"""Beginnings of AVI, AIFF, FLV, MPEG programs, ASF, of lists, pages and archives."""

_MOV_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp")
_BEGINNINGS: Final = ((b"\x1aE\xdf\xa3", "matroska"), (b"fLaC", "flac"), (b"OggS", "ogg"))

_RATES: Final = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
"""Kilobits a second of MPEG-1 and of MPEG-2 layer III (ISO 11172-3, 13818-3)."""
_SAMPLING: Final = (44_100, 48_000, 32_000)


class Container(NamedTuple):
    """A container, and how its reader has to be told of it."""

    form: str
    """FFmpeg's name."""
    endless: bool = False
    """Whether a WAV's header leaves its length open, as one written to a pipe does."""
    skip: int = 0
    """Bytes in front that its reader does not pass over by itself."""


def container_of(file: int) -> Container | None:
    """The container of an open file; None for what is not accepted. Raises OSError."""
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
    """Where an ID3 tag ends, which any sound file may have in front (id3.org, ID3v2.4)."""
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
    """Whether the data of a WAV is as long as the file is."""
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
    """Whether it is a container that is not taken, in which frames of sound might be found."""
    stream = head[:1] == head[188:189] == head[376:377] == b"\x47"
    return stream or head.startswith(_OTHERS)


def _frames_in(head: bytes) -> str | None:
    """Bare frames of sound, of which some follow one another: MP3 or AAC."""
    at = head.find(b"\xff")
    while 0 <= at < len(head) - 4:
        for form, measured in (("aac", _adts), ("mp3", _mpeg)):
            if _follow(head, at, measured):
                return form
        at = head.find(b"\xff", at + 1)
    return None


def _follow(head: bytes, first: int, measured: Callable[[bytes], int]) -> bool:
    """Whether frames follow one another from here on; at the very beginning one is enough."""
    at = first
    for number in range(_FRAMES):
        if at >= len(head):
            return number > 0 and first == 0
        length = measured(head[at : at + 6])
        if not length or head[at : at + 2] != head[first : first + 2]:
            return False
        at += length
    return True


def _adts(head: bytes) -> int:
    """Bytes of a frame of AAC; 0 for what is none (ISO 13818-7, 6.2)."""
    if len(head) < 6 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0


def _mpeg(head: bytes) -> int:
    """Bytes of a frame of MPEG sound; 0 for what is none."""
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
    # Layers I and II are recognised, to be refused by name; their rates are other ones.
    return _other_layer(version, layer, rate, hertz, padding)


def _other_layer(version: int, layer: int, rate: int, hertz: int, padding: int) -> int:
    two = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
    if version != 3:
        two = _RATES[1]
    if layer == 2:
        return 144_000 * two[rate] // hertz + padding
    kilobits = 32 * rate if version == 3 else two[rate]
    return (12_000 * kilobits // hertz + padding) * 4
