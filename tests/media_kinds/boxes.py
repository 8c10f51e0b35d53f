"""Bytes of containers, written by hand where FFmpeg would only write them right."""

import struct
from collections.abc import Iterator
from typing import Final


def box(kind: bytes, *contents: bytes) -> bytes:
    """A box of an MP4."""
    content = b"".join(contents)
    return struct.pack(">I", len(content) + 8) + kind + content


def find(content: bytes, *path: bytes, start: int = 0, end: int | None = None) -> tuple[int, int]:
    """Return start and end of the first box of a path; raises KeyError if there is none."""
    for at, after, kind in _boxes(content, start, len(content) if end is None else end):
        if kind == path[0]:
            return (
                (at, after) if len(path) == 1 else find(content, *path[1:], start=at + 8, end=after)
            )
    raise KeyError(path)


def _boxes(content: bytes, start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    at = start
    while at + 8 <= end:
        size = int.from_bytes(content[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        after = at + size if size else end
        yield at, after, content[at + 4 : at + 8]
        at = after


def put_into_moov(content: bytes, more: bytes, *, first: bool) -> bytes:
    """An MP4 whose index is at its end, with one more box at either end of the index.

    Nothing before the index moves, so every offset in it stays true.
    """
    start, end = find(content, b"moov")
    assert end == len(content), "the index is at the end"
    at = start + 8 if first else end
    size = struct.pack(">I", end - start + len(more))
    grown = content[:at] + more + content[at:]
    return grown[:start] + size + grown[start + 4 :]


def cover_of(image: bytes) -> bytes:
    """`udta` with cover art in it, as iTunes writes it."""
    data = box(b"data", struct.pack(">II", 13, 0), image)
    handler = box(b"hdlr", bytes(8), b"mdirappl", bytes(9))
    return box(b"udta", box(b"meta", bytes(4), handler, box(b"ilst", box(b"covr", data))))


def title_of(text: bytes) -> bytes:
    """`udta` with a QuickTime title of any bytes."""
    return box(b"udta", box(b"\xa9nam", struct.pack(">HH", len(text), 0), text))


TURNS: Final = {
    90: (0, 1, -1, 0),
    180: (-1, 0, 0, -1),
    270: (0, -1, 1, 0),
}
"""The first four numbers of the matrix (ISO/IEC 14496-12) that turns a picture clockwise."""


def turned(content: bytes, degrees: int) -> bytes:
    """An MP4 whose first track says that it is to be shown turned clockwise."""
    a, b, c, d = (number << 16 for number in TURNS[degrees])
    start, _ = find(content, b"moov", b"trak", b"tkhd")
    at = start + 8 + 40
    matrix = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    return content[:at] + matrix + content[at + 36 :]


def id3(*frames: tuple[bytes, bytes], version: int = 4) -> bytes:
    """An ID3v2 tag of such frames, each a name and its bytes."""
    body = b"".join(
        name
        + (_seven(len(content)) if version == 4 else struct.pack(">I", len(content)))
        + bytes(2)
        + content
        for name, content in frames
    )
    return b"ID3" + bytes((version, 0, 0)) + _seven(len(body)) + body


def _seven(number: int) -> bytes:
    """A number in four bytes of seven bits."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def ape(key: bytes, value: bytes) -> bytes:
    """An APE tag of one item, with header and footer."""
    item = struct.pack("<II", len(value), 0) + key + b"\0" + value
    head = struct.pack("<III", 2_000, len(item) + 32, 1)
    header = b"APETAGEX" + head + struct.pack("<I", 0xA0000000) + bytes(8)
    footer = b"APETAGEX" + head + struct.pack("<I", 0x80000000) + bytes(8)
    return header + item + footer


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a RIFF file; one of odd length is filled up."""
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def wav_with(content: bytes, *chunks: bytes) -> bytes:
    """A WAV with more chunks before its samples."""
    at = content.index(b"data")
    body = content[12:at] + b"".join(chunks) + content[at:]
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def info(name: bytes, text: bytes) -> bytes:
    """A WAV's `LIST INFO` chunk of one text."""
    return chunk(b"LIST", b"INFO" + chunk(name, text))


def ogg_resealed(page: bytes) -> bytes:
    """A page of an Ogg file with the checksum of what is in it now."""
    blank = page[:22] + bytes(4) + page[26:]
    register = 0
    for byte in blank:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1) ^ (0x04C11DB7 if register & 0x80000000 else 0)
        register &= 0xFFFFFFFF
    return page[:22] + struct.pack("<I", register) + page[26:]


def ogg_pages(content: bytes) -> list[bytes]:
    """The pages of an Ogg file."""
    pages: list[bytes] = []
    at = 0
    while at < len(content):
        count = content[at + 26]
        size = 27 + count + sum(content[at + 27 : at + 27 + count])
        pages.append(content[at : at + size])
        at += size
    return pages
