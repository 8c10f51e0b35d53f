"""Fragmented MP4, with which a player shows pieces of a film before they are joined.

CMAF (ISO/IEC 23000-19) as required by HTTP Live Streaming (RFC 8216, 3.3).
"""

import struct
from array import array
from itertools import repeat
from typing import Final

from adapters.mp4.boxes import box, box_head, full, swapped
from adapters.mp4.errors import ImpossiblePiece
from adapters.mp4.header import Shown, empty_tables, movie
from adapters.mp4.header import track as track_box
from adapters.mp4.pieces import Piece, require_possible
from adapters.mp4.samples import Run, Track

FORM: Final = 1
"""Increased whenever the same pieces give other bytes, because players cache segments."""

_FRAGMENTED: Final = box(b"ftyp", b"iso6", bytes(4), b"iso6cmfcmp41")

_SYNC: Final = 0x0200_0000
"""The sample depends on no other (ISO/IEC 14496-12, 8.8.3.1)."""
_NO_SYNC: Final = 0x0101_0000
"""The sample depends on others, and decoding cannot begin at it."""

_BASE_IS_MOOF, _DURATION, _FLAGS = 0x2_0000, 0x8, 0x20
"""Flags of a tfhd box (8.8.7)."""
_OFFSET, _DURATIONS, _SIZES, _EACH_FLAGS = 0x1, 0x100, 0x200, 0x400
"""Flags of a trun box (8.8.8)."""


def init_segment(track: Track, number: int = 1) -> bytes:
    """Return the initialisation segment of a track with the id ``number``.

    The bytes are the same for all tracks that can be joined.
    """
    defaults = full(b"trex", 0, 0, struct.pack(">IIIII", number, 1, 0, 0, 0))
    own = track_box(number, track, Shown(0, track.media_time, 0), empty_tables(track))
    return _FRAGMENTED + movie(track.timescale, 0, own, extra=box(b"mvex", defaults))


def segment(
    piece: Piece, decode_time: int, sequence: int, number: int = 1
) -> tuple[bytes, tuple[Run, ...]]:
    """Return a segment: the bytes before its samples, and the runs of the samples.

    ``decode_time`` is its first tick, ``sequence`` counts segments from 1. A piece of a clip made
    here is a single run. Raises `ImpossiblePiece`, also for 2 GB or more.
    """
    require_possible(piece)
    runs = tuple(piece.runs)
    length = sum(run.length for run in runs)
    if length >= 1 << 31:
        raise ImpossiblePiece("The piece is too large for one segment.")
    data = box_head(b"mdat", length)

    def fragment(offset: int) -> bytes:
        return box(
            b"moof",
            full(b"mfhd", 0, 0, struct.pack(">I", sequence)),
            box(b"traf", *_samples(piece, decode_time, number, offset)),
        )

    head = fragment(len(fragment(0)) + len(data))
    return head + data, runs


def _samples(piece: Piece, decode_time: int, number: int, offset: int) -> tuple[bytes, ...]:
    """Return the boxes of the samples' times and properties; the samples begin at ``offset``."""
    spans, sync = piece.spans, piece.track.syncs(piece.first, piece.count)
    sizes = swapped(array("I", piece.track.sizes.table(piece.first, piece.count)))
    flags, columns = _SIZES, [sizes]
    if len(spans) > 1:
        durations = array("I")
        for count, delta in spans:
            durations.extend(repeat(delta, count))
        flags, columns = flags | _DURATIONS, [durations, *columns]
    if len(sync) < piece.count:
        sample_flags = array("I", [_NO_SYNC]) * piece.count
        for sample in sync:
            sample_flags[sample - piece.first] = _SYNC
        flags, columns = flags | _EACH_FLAGS, [*columns, sample_flags]
    rows = array("I", bytes(4 * len(columns) * piece.count))
    for index, column in enumerate(columns):
        rows[index :: len(columns)] = column
    defaults = struct.pack(">III", number, spans[0][1], _SYNC)
    return (
        full(b"tfhd", 0, _BASE_IS_MOOF | _DURATION | _FLAGS, defaults),
        full(b"tfdt", 1, 0, struct.pack(">Q", decode_time)),
        full(
            b"trun",
            0,
            _OFFSET | flags,
            struct.pack(">Ii", piece.count, offset),
            swapped(rows).tobytes(),
        ),
    )
