"""Files that promise much more than they are, made by hand: no encoder writes them."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Final

_MPEG: Final = b"\xff\xfb\x10\xc4" + bytes(100)
"""A silent frame of MP3: 32 kbit/s, 44.1 kHz, mono, 104 bytes, 26 ms."""


_MATROSKA: Final = (
    b"\x1aE\xdf\xa3\x93B\x82\x88matroskaB\x87\x81\x04B\x85\x81\x02"
    + (b"\x18S\x80g\x01" + b"\xff" * 7)
    + (b"\x16T\xaek\x01" + b"\xfe" * 7)
    + bytes(5_000)
)


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def full(kind: bytes, *parts: bytes) -> bytes:
    return box(kind, bytes(4), *parts)


def film(
    *,
    codec: bytes = b"jpeg",
    size: tuple[int, int] = (64, 48),
    stts: bytes = struct.pack(">III", 1, 30, 20),
    stsz: bytes = struct.pack(">II", 100, 30),
    stco: bytes = struct.pack(">II", 1, 40),
    stsc: bytes = struct.pack(">IIII", 1, 1, 30, 1),
    number: int = 0,
    more: bytes = b"",
    data: bytes = bytes(3000),
) -> bytes:
    """A QuickTime film of one picture track whose tables are these."""
    entry = box(
        codec,
        bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HH", *size),
        struct.pack(">IIIH", 0x480000, 0x480000, 0, 1) + bytes(32) + struct.pack(">Hh", 24, -1),
    )
    tables = box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), entry),
        full(b"stts", stts),
        full(b"stsc", stsc),
        full(b"stsz", stsz),
        full(b"stco", stco),
    )
    media = box(
        b"mdia",
        full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 600, 600, 0, 0)),
        full(b"hdlr", b"mhlrvide" + bytes(13)),
        box(b"minf", full(b"vmhd", bytes(8)), tables),
    )
    head = full(b"tkhd", bytes(8), struct.pack(">I", number), bytes(68))
    movie = full(b"mvhd", struct.pack(">IIII", 0, 0, 600, 600) + bytes(80))
    return (
        box(b"ftyp", b"qt  " + bytes(4) + b"qt  ")
        + box(b"moov", movie, box(b"trak", head, media), more)
        + box(b"mdat", data)
    )


def nested(depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = box(b"udta", inner)
    return film(more=inner)


def huge_jpeg(width: int, height: int) -> bytes:
    """The beginning of a JPEG of that size, with next to nothing in it."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    tables = b"\xff\xdb\x00\x43\x00" + bytes([1] * 64)
    lengths = bytes([0, 1] + [0] * 14)
    huffman = b"".join(
        b"\xff\xc4" + struct.pack(">H", 20) + bytes([kind]) + lengths + b"\x00" for kind in (0, 16)
    )
    sof = b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame
    return (
        b"\xff\xd8"
        + tables
        + huffman
        + sof
        + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
        + bytes(64)
        + b"\xff\xd9"
    )


def pointers(count: int, width: int = 6000, height: int = 6000) -> bytes:
    """So many samples that are one and the same picture, of 36 megapixels unless told else."""
    picture = huge_jpeg(width, height)
    offset = len(film(codec=b"jpeg", data=b"", stco=struct.pack(">I", count) + bytes(4 * count)))
    return film(
        size=(width, height),
        stts=struct.pack(">III", 1, count, 1),
        stsz=struct.pack(">II", len(picture), count),
        stsc=struct.pack(">IIII", 1, 1, 1, 1),
        stco=struct.pack(">I", count) + struct.pack(">I", offset) * count,
        data=picture,
    )


def wav(seconds: int, channels: int, rate: int, promised: int | None = None) -> bytes:
    """A head of silence; the rest of it is the file's hole."""
    size = seconds * channels * rate if promised is None else promised
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels, channels, 8)
    return (
        b"RIFF" + struct.pack("<I", min(size + 36, 2**32 - 1)) + b"WAVEfmt "
        + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", min(size, 2**32 - 1))
    )  # fmt: skip


def _sparse(head: bytes, size: int) -> Callable[[Path], None]:
    def write(into: Path) -> None:
        with into.open("wb") as file:
            file.write(head)
            file.truncate(size)

    return write


def _bytes(content: Callable[[], bytes]) -> Callable[[Path], None]:
    def write(into: Path) -> None:
        into.write_bytes(content())

    return write


BOMBS: Final[dict[str, Callable[[Path], None]]] = {
    "an stts entry of 54 million seconds": _bytes(
        lambda: film(stts=struct.pack(">IIIII", 2, 29, 20, 1, 2**31 - 1))
    ),
    "an stts of 80 million samples": _bytes(
        lambda: film(stts=struct.pack(">III", 1, 80_000_000, 20))
    ),
    "an stsz of 80 million samples of one size": _bytes(
        lambda: film(stsz=struct.pack(">II", 1, 80_000_000))
    ),
    "an stsz of four thousand million": _bytes(lambda: film(stsz=struct.pack(">II", 0, 2**32 - 1))),
    "an stts of four thousand million runs": _bytes(
        lambda: film(stts=struct.pack(">I", 2**32 - 1))
    ),
    "chunk offsets without end": _bytes(lambda: film(stco=struct.pack(">I", 2**32 - 1))),
    "a table of chunks without end": _bytes(lambda: film(stsc=struct.pack(">I", 2**32 - 1))),
    "pictures of 16,000 x 16,000": _bytes(
        lambda: film(size=(16_000, 16_000), data=huge_jpeg(16_000, 16_000) * 30)
    ),
    "pictures of 65,535 x 65,535 that call themselves small": _bytes(
        lambda: film(size=(64, 48), data=huge_jpeg(65_535, 65_535) * 30)
    ),
    "60,000 pointers to one huge picture": _bytes(lambda: pointers(60_000)),
    "a track with a number of four thousand million": _bytes(
        lambda: film(number=2**32 - 1, data=huge_jpeg(64, 48) * 30)
    ),
    "boxes within boxes": _bytes(lambda: nested(3_000)),
    "a hundred thousand boxes": _bytes(lambda: film(more=box(b"free") * 100_000)),
    "a hundred thousand tracks": _bytes(
        lambda: film(more=box(b"trak", full(b"tkhd", bytes(80))) * 20_000)
    ),
    "an index of 500 MB": _sparse(
        box(b"ftyp", b"qt  " + bytes(4)) + struct.pack(">I", 500_000_000) + b"moov", 500_000_100
    ),
    "more than a million packets": _bytes(lambda: pointers(1_100_000, 64, 48)),
    "twelve hours of sound": _sparse(wav(43_200, 1, 8_000), 44 + 43_200 * 8_000),
    "twelve hours of sound in a header of ten seconds": _sparse(
        wav(0, 1, 8_000, promised=0), 44 + 43_200 * 8_000
    ),
    "sixteen minutes of 255 channels": _sparse(wav(960, 255, 8_000), 44 + 960 * 255 * 8_000),
    "an hour of MP3": _bytes(lambda: _MPEG * 141_000),
    "an Ogg page without end": _bytes(lambda: b"OggS\0\2" + bytes(20) + b"\xff" * 2_000_000),
    "a Matroska element of four exabytes": _bytes(lambda: _MATROSKA),
    "a FLAC whose picture has 16 MB": _bytes(
        lambda: b"fLaC\x00\x00\x00\x22" + bytes(34) + b"\x86\xff\xff\xff" + bytes(20_000)
    ),
    "an ID3 tag of 256 MB": _sparse(b"ID3\x04\0\0\x7f\x7f\x7f\x7f", 300_000_000),
    "zeros": _sparse(b"", 300_000_000),
}
