"""The samples of a track: durations, sizes and offsets, read and cut without loops."""

from array import array
from bisect import bisect_left, bisect_right
from itertools import accumulate
from operator import mul
from pathlib import Path
from typing import Final, Literal

import msgspec

from adapters.mp4.boxes import swapped

Kind = Literal["video", "audio"]
"""Content of a track."""
AAC_PACKET: Final = 1024
"""Audio samples in an AAC packet (ISO/IEC 14496-3, frameLengthFlag 0)."""

Spans = list[tuple[int, int]]
"""Durations as runs: (number of samples, ticks of each)."""


def rescaled(ticks: int, rate: int, timescale: int) -> int:
    """Convert ticks of ``timescale`` per second to the nearest number of ticks of ``rate`` per
    second.
    """
    return (2 * ticks * rate + timescale) // (2 * timescale)


class Run(msgspec.Struct, frozen=True):
    """A range of bytes of a file."""

    path: Path
    offset: int
    length: int


class Sizes(msgspec.Struct, frozen=True):
    """The size of each sample in bytes."""

    count: int
    constant: int
    """The common size of all samples; 0 if they differ."""
    packed: bytes = b""
    """32-bit sizes as in the file; empty if they are all equal."""
    ends: "array[int]" = msgspec.field(default_factory=lambda: array("Q"))
    """Cumulative bytes up to and including each sample; empty as ``packed``."""

    @classmethod
    def differing(cls, sizes: "array[int]") -> "Sizes":
        """Return sizes from a list."""
        packed = swapped(array("I", sizes)).tobytes()
        return cls(len(sizes), 0, packed, array("Q", accumulate(sizes)))

    def before(self, sample: int) -> int:
        """Return the total bytes of all samples before this one."""
        if self.constant:
            return self.constant * sample
        return self.ends[sample - 1] if sample else 0

    def table(self, first: int, count: int) -> bytes:
        """Return the sizes of ``count`` samples, 32 bits each as in a file."""
        if self.constant:
            return self.constant.to_bytes(4) * count
        return self.packed[4 * first : 4 * (first + count)]


class Durations(msgspec.Struct, frozen=True):
    """The durations of samples in ticks, as runs of equal ones."""

    ends: "array[int]"
    """Cumulative number of samples up to and including each run."""
    deltas: "array[int]"
    total: int
    """Ticks of all samples."""

    @classmethod
    def of(cls, counts: "array[int]", deltas: "array[int]") -> "Durations":
        """Return durations from runs."""
        return cls(array("Q", accumulate(counts)), deltas, sum(map(mul, counts, deltas)))

    def cut(self, first: int, count: int) -> Spans:
        """Return the durations of ``count`` samples from ``first`` on."""
        spans: Spans = []
        end = first + count
        run = bisect_right(self.ends, first)
        while first < end:
            upto = min(end, self.ends[run])
            spans.append((upto - first, self.deltas[run]))
            first, run = upto, run + 1
        return spans


class Places(msgspec.Struct, frozen=True):
    """The places of samples, as groups of consecutive samples."""

    firsts: "array[int]"
    """The first sample of each group, beginning with 0."""
    offsets: "array[int]"
    """File offset of each group."""


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """The video or audio of a file, ready for cutting and joining.

    Every sample was inside the file when it was read; samples count from 0.
    """

    path: Path
    kind: Kind
    timescale: int
    """Ticks per second."""
    entry: bytes
    """The sample entry, a whole box, without bitrates."""
    configuration: bytes
    """Decoder configuration: avcC or hvcC, or the AudioSpecificConfig."""
    sizes: Sizes
    durations: Durations
    places: Places
    sync: "array[int] | None" = None
    """The sync samples in order; None if all samples are."""
    width: int = 0
    height: int = 0
    media_time: int = 0
    """The first played tick; earlier samples only initialise the decoder."""
    length: int
    """Number of played ticks."""

    def __repr__(self) -> str:
        """Return a short text without the tables."""
        return f"Track({str(self.path)!r}, {self.kind}, {self.count} samples)"

    @property
    def count(self) -> int:
        """Number of samples."""
        return self.sizes.count

    @property
    def contiguous(self) -> bool:
        """True if all samples are consecutive."""
        return len(self.places.firsts) == 1

    def runs(self, first: int, count: int) -> list[Run]:
        """Return the bytes of ``count`` samples from ``first`` on, in as few runs as possible."""
        pieces: list[Run] = []
        firsts, offsets = self.places.firsts, self.places.offsets
        end = first + count
        stretch = bisect_right(firsts, first) - 1
        while first < end:
            upto = min(end, firsts[stretch + 1]) if stretch + 1 < len(firsts) else end
            skipped = self.sizes.before(first) - self.sizes.before(firsts[stretch])
            length = self.sizes.before(upto) - self.sizes.before(first)
            pieces.append(Run(self.path, offsets[stretch] + skipped, length))
            first, stretch = upto, stretch + 1
        return pieces

    def syncs(self, first: int, count: int) -> "range | array[int]":
        """Return the sync samples among ``count`` samples from ``first`` on."""
        if self.sync is None:
            return range(first, first + count)
        return self.sync[bisect_left(self.sync, first) : bisect_left(self.sync, first + count)]
