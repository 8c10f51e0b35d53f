"""The header of an MP4, which contains the place of each sample (ISO/IEC 14496-12, clause 8)."""

import struct
from array import array
from collections.abc import Iterable
from itertools import chain
from typing import Final

import msgspec

from adapters.mp4.boxes import MOST_32, box, full, swapped
from adapters.mp4.reader import UPRIGHT
from adapters.mp4.samples import Spans, Track

FILM: Final = box(b"ftyp", b"isom", struct.pack(">I", 0x200), b"isomiso2avc1mp41")
"""The file type box of an ordinary MP4."""
_UNDETERMINED: Final = 0x55C4
"""The language "und": three letters of five bits (8.4.2.3)."""
_OWN_DATA: Final = box(b"dinf", full(b"dref", 0, 0, struct.pack(">I", 1), full(b"url ", 0, 1)))
"""All samples are in the same file (8.7.2)."""


class Shown(msgspec.Struct, frozen=True):
    """The part of a track that is played."""

    film_ticks: int
    """Duration in the film's ticks; 0 if it is unknown."""
    media_time: int
    media_ticks: int
    """Duration of the whole track, in its own ticks."""


def movie(timescale: int, duration: int, *tracks: bytes, extra: bytes = b"") -> bytes:
    """Return the moov box of these `track` boxes; ``duration`` is in ticks of ``timescale`` per
    second.
    """
    about = _dated(
        b"mvhd",
        0,
        struct.pack(">I", timescale),
        duration,
        struct.pack(">IH10x", 0x10000, 0x100),
        UPRIGHT,
        struct.pack(">24xI", len(tracks) + 1),
    )
    return box(b"moov", about, *tracks, extra)


def track(number: int, like: Track, playback: Shown, tables: bytes) -> bytes:
    """Return the trak box of a track with these sample `tables`."""
    picture = like.kind == "video"
    about = _dated(
        b"tkhd",
        3,
        struct.pack(">II", number, 0),
        playback.film_ticks,
        struct.pack(">8xHHH2x", 0, 0 if picture else 1, 0 if picture else 0x100),
        UPRIGHT,
        struct.pack(">II", like.width << 16, like.height << 16),
    )
    length = struct.pack(">I", like.timescale)
    language = struct.pack(">HH", _UNDETERMINED, 0)
    name = b"VideoHandler\0" if picture else b"SoundHandler\0"
    handler = full(b"hdlr", 0, 0, bytes(4), b"vide" if picture else b"soun", bytes(12), name)
    shape = full(b"vmhd", 0, 1, bytes(8)) if picture else full(b"smhd", 0, 0, bytes(4))
    return box(
        b"trak",
        about,
        box(b"edts", _edit(playback)),
        box(
            b"mdia",
            _dated(b"mdhd", 0, length, playback.media_ticks, language),
            handler,
            box(b"minf", shape, _OWN_DATA, tables),
        ),
    )


def _dated(kind: bytes, flags: int, middle: bytes, duration: int, *rest: bytes) -> bytes:
    """Return a box with dates, which are 0, and a duration; 64 bits if 32 are not enough."""
    wide = duration > MOST_32
    lasting = duration.to_bytes(8 if wide else 4)
    return full(kind, int(wide), flags, bytes(16 if wide else 8), middle, lasting, *rest)


def _edit(playback: Shown) -> bytes:
    """Return one edit: the played part, at its own speed (8.6.6)."""
    wide = playback.film_ticks > MOST_32
    form = ">IQqI" if wide else ">IIiI"
    return full(
        b"elst",
        int(wide),
        0,
        struct.pack(form, 1, playback.film_ticks, playback.media_time, 0x10000),
    )


class Chunks(msgspec.Struct, frozen=True):
    """Chunks of consecutive samples."""

    counts: "list[int]"
    """Number of samples of each chunk, at least 1."""
    offsets: "list[int]"
    """File offset of each chunk."""

    def add(self, count: int, offset: int) -> None:
        """Add a chunk."""
        self.counts.append(count)
        self.offsets.append(offset)

    def moved(self, base: int) -> "Chunks":
        """Return the chunks moved by ``base`` bytes."""
        return Chunks(self.counts, [base + offset for offset in self.offsets])


def sample_boxes(like: Track, spans: Spans, sync: "array[int] | None", sizes: bytes) -> bytes:
    """Return the boxes that describe samples, except their offsets.

    ``sync`` counts from 1; ``sizes`` are 32 bits each.
    """
    count = len(sizes) // 4
    return b"".join(
        (
            full(b"stsd", 0, 0, struct.pack(">I", 1), like.entry),
            full(b"stts", 0, 0, _counted(len(spans), chain.from_iterable(spans))),
            b"" if sync is None else full(b"stss", 0, 0, _counted(len(sync), sync)),
            full(b"stsz", 0, 0, struct.pack(">II", 0, count), sizes),
            _rolled(count) if count and like.kind == "audio" else b"",
        )
    )


def sample_tables(description: bytes, chunks: Chunks, *, wide: bool) -> bytes:
    """Return the stbl box of `described` samples; ``wide`` selects 64-bit offsets."""
    offsets = swapped(array("Q" if wide else "I", chunks.offsets)).tobytes()
    count = struct.pack(">I", len(chunks.offsets))
    return box(
        b"stbl",
        description,
        full(b"stsc", 0, 0, _chunk_lengths(chunks.counts)),
        full(b"co64" if wide else b"stco", 0, 0, count, offsets),
    )


def empty_tables(like: Track) -> bytes:
    """Return the stbl box of a file whose samples are all in fragments (8.8.1)."""
    return sample_tables(sample_boxes(like, [], None, b""), Chunks([], []), wide=False)


def _counted(count: int, numbers: Iterable[int]) -> bytes:
    return count.to_bytes(4) + swapped(array("I", numbers)).tobytes()


def _chunk_lengths(counts: "list[int]") -> bytes:
    """Return the sample counts of the chunks, one row for each change (8.7.4)."""
    rows = [
        (index + 1, count, 1)
        for index, (count, before) in enumerate(zip(counts, [0, *counts], strict=False))
        if count != before
    ]
    return _counted(len(rows), chain.from_iterable(rows))


def _rolled(count: int) -> bytes:
    """Return the boxes that require decoding the previous AAC packet first (10.1.1)."""
    return b"".join(
        (
            full(b"sgpd", 1, 0, b"roll", struct.pack(">IIh", 2, 1, -1)),
            full(b"sbgp", 0, 0, b"roll", struct.pack(">III", 1, count, 1)),
        )
    )
