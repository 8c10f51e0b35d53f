"""The kind and the orientation of a picture, from its first bytes."""

from pathlib import Path
from typing import Final

_HEAD: Final = 256 * 1024
"""Bytes in which the orientation is searched; cameras write it into the first 64 kB."""
_MOST: Final = 200
"""Maximum number of segments, chunks or entries that are looked at."""
_ORIENTATION: Final = 0x0112
"""Number of the tag (EXIF 2.32, 4.6.4)."""
_SHORT: Final = 3
_BEGINNINGS: Final = ((b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"))


def read_head(picture: Path) -> bytes:
    """Return the first bytes of a picture; raises OSError."""
    with picture.open("rb") as file:
        return file.read(_HEAD)


def form_of(head: bytes) -> str | None:
    """Return `jpeg`, `png` or `webp`; None for anything else."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return next((form for beginning, form in _BEGINNINGS if head.startswith(beginning)), None)


def orientation_of(head: bytes) -> int:
    """Return the orientation, 1 to 8 as in EXIF; 1 if the picture has none or an invalid one."""
    form = form_of(head)
    exif = {"jpeg": _in_jpeg, "png": _in_png, "webp": _in_webp}[form](head) if form else None
    value = _in_exif(exif) if exif else None
    return value if value is not None and 1 <= value <= 8 else 1


def _in_jpeg(head: bytes) -> bytes | None:
    """Return the EXIF data of a JPEG (ITU-T T.81, B.1.1.4; EXIF 2.32, 4.7.2)."""
    at = 2
    for _ in range(_MOST):
        if head[at : at + 1] != b"\xff" or head[at + 1 : at + 2] in (b"\xda", b"\xd9", b""):
            return None
        length = int.from_bytes(head[at + 2 : at + 4])
        body = head[at + 4 : at + 2 + length]
        if head[at + 1] == 0xE1 and body.startswith(b"Exif\0\0"):
            return body[6:]
        at += 2 + max(2, length)
    return None


def _in_png(head: bytes) -> bytes | None:
    """Return the EXIF data of a PNG (PNG 3, 11.3.4.5)."""
    at = 8
    for _ in range(_MOST):
        length, kind = int.from_bytes(head[at : at + 4]), head[at + 4 : at + 8]
        if kind == b"eXIf":
            return head[at + 8 : at + 8 + length]
        if len(kind) < 4 or kind == b"IDAT":
            return None
        at += 12 + length
    return None


def _in_webp(head: bytes) -> bytes | None:
    """Return the EXIF data of a WebP file (RFC 9649, 2.7.1.5)."""
    at = 12
    for _ in range(_MOST):
        kind, length = head[at : at + 4], int.from_bytes(head[at + 4 : at + 8], "little")
        if kind == b"EXIF":
            return head[at + 8 : at + 8 + length].removeprefix(b"Exif\0\0")
        if len(kind) < 4:
            return None
        at += 8 + length + length % 2
    return None


def _in_exif(exif: bytes) -> int | None:
    """Return the orientation in the first directory of EXIF data (TIFF 6.0, section 2)."""
    if exif[:4] == b"II*\0":
        little = True
    elif exif[:4] == b"MM\0*":
        little = False
    else:
        return None

    def number(at: int, length: int) -> int:
        return int.from_bytes(exif[at : at + length], "little" if little else "big")

    directory = number(4, 4)
    for entry in range(min(_MOST, number(directory, 2))):
        at = directory + 2 + 12 * entry
        if number(at, 2) == _ORIENTATION:
            return number(at + 8, 2) if number(at + 2, 2) == _SHORT else None
    return None
