"""Check the header of an MP4 against limits before a reader allocates its lists."""

import os
from collections.abc import Iterator
from typing import Final, NamedTuple

from adapters.media import limits
from domain.shared.errors import TooLarge

_CONTAINERS: Final = (
    *(b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"mvex", b"moof", b"traf"),
    *(b"dinf", b"ilst", b"meta", b"wave"),
)
_COUNTED: Final = {
    b"ctts": 4, b"stss": 4, b"stsc": 4, b"stco": 4, b"co64": 4, b"elst": 4,
    b"stsz": 8, b"stz2": 8, b"trun": 4, b"sbgp": 8, b"stps": 4, b"saiz": 5, b"subs": 4,
}  # fmt: skip
"""Boxes that begin with a number of entries, and its offset after version and flags."""


class _Box(NamedTuple):
    kind: bytes
    body: int
    end: int


class _Counter:
    """Counts the boxes, bytes and entries of one file."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._boxes = 0
        self._entries = 0
        self._header = 0

    def count(self, start: int, end: int, depth: int) -> None:
        limits.keep("nested boxes", depth, limits.DEPTH)
        alike, by_chunks = 0, False
        for box in self._within(start, end):
            self._boxes += 1
            limits.keep("boxes", self._boxes, limits.BOXES)
            if box.kind in (b"moov", b"moof"):
                self._header += box.end - box.body
                limits.keep("bytes in its index", self._header, limits.HEADER)
            if box.kind in _CONTAINERS:
                skipped = 4 if box.kind == b"meta" else 0
                self.count(box.body + skipped, box.end, depth + 1)
            elif box.kind == b"tkhd":
                _keep_number(self._track_number(box))
            elif box.kind == b"stsz" and self._number(box, 4):
                alike = self._number(box, 8)
            elif box.kind == b"stts":
                runs = self._runs(box)
                by_chunks = len(runs) == 1 and runs[0][1] == 1
                self._add(0 if by_chunks else sum(samples for samples, _ in runs))
            elif box.kind in _COUNTED:
                self._add(self._number(box, _COUNTED[box.kind]))
        # Samples of one size and one tick each, such as PCM, are read in whole chunks.
        self._add(0 if by_chunks else alike)

    def _add(self, entries: int) -> None:
        self._entries += entries
        limits.keep("entries in its index", self._entries, limits.ENTRIES)

    def _number(self, box: _Box, at: int) -> int:
        return int.from_bytes(os.pread(self._file, 4, box.body + at))

    def _track_number(self, box: _Box) -> int:
        """Return the number in a `tkhd`, after its two times of eight bytes each (four in version
        0).
        """
        version = self._number(box, 0) >> 24
        return self._number(box, 20 if version else 12)

    def _runs(self, box: _Box) -> list[tuple[int, int]]:
        """Return the runs of an `stts`: pairs of sample count and ticks."""
        count = self._number(box, 4)
        limits.keep("entries in its index", count, limits.ENTRIES)
        table = os.pread(self._file, min(8 * count, max(0, box.end - box.body)), box.body + 8)
        return [
            (int.from_bytes(table[at : at + 4]), int.from_bytes(table[at + 4 : at + 8]))
            for at in range(0, len(table) - 7, 8)
        ]

    def _within(self, start: int, end: int) -> Iterator[_Box]:
        at = start
        while at + 8 <= end:
            head = os.pread(self._file, 16, at)
            if len(head) < 8:
                return
            size, body = int.from_bytes(head[:4]), at + 8
            if size == 1:
                size, body = int.from_bytes(head[8:16]), at + 16
            stop = end if size == 0 else at + size
            if stop < body:
                return
            yield _Box(head[4:8], body, min(stop, end))
            at = stop


def _keep_number(number: int) -> None:
    if number > limits.TRACK_NUMBER:
        raise TooLarge(
            f"A track may have a number of {limits.TRACK_NUMBER:,} at most; one has {number:,}."
        )


def keep_within_limits(file: int) -> None:
    """Raise `TooLarge` if an MP4 declares more than the limits; a malformed file passes."""
    _Counter(file).count(0, os.fstat(file).st_size, 0)
