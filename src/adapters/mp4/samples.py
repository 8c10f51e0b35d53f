"""What a track says of its samples: how long, how large, where; read and cut without a loop."""

from array import array
from bisect import bisect_left, bisect_right
from itertools import accumulate
from operator import mul
from pathlib import Path
from typing import Final, Literal

import msgspec

from adapters.mp4.boxes import swapped

Kind = Literal["video", "audio"]
"""What a track is of."""
AAC_PACKET: Final = 1024
"""Samples of sound in a packet of AAC (ISO/IEC 14496-3, frameLengthFlag 0)."""

Spans = list[tuple[int, int]]
"""Durations by run: (how many samples, ticks of each)."""


def rescaled(ticks: int, rate: int, timescale: int) -> int:
    """Ticks of ``timescale`` a second as the nearest number of those of ``rate`` a second."""
    return (2 * ticks * rate + timescale) // (2 * timescale)


class Run(msgspec.Struct, frozen=True):
    """Bytes of a file."""

    path: Path
    offset: int
    length: int


class Sizes(msgspec.Struct, frozen=True):
    """How many bytes each sample has."""

    count: int
    constant: int
    """The size of every sample; 0 when they differ."""
    packed: bytes = b""
    """32 bits for each, as in the file; empty when they are all the same."""
    ends: "array[int]" = msgspec.field(default_factory=lambda: array("Q"))
    """How many bytes there are up to and including each sample; empty as ``packed``."""

    @classmethod
    def differing(cls, sizes: "array[int]") -> "Sizes":
        """Sizes told one by one."""
        packed = swapped(array("I", sizes)).tobytes()
        return cls(len(sizes), 0, packed, array("Q", accumulate(sizes)))

    def before(self, sample: int) -> int:
        """How many bytes all samples before this one have."""
        if self.constant:
            return self.constant * sample
        return self.ends[sample - 1] if sample else 0

    def table(self, first: int, count: int) -> bytes:
        """The sizes of ``count`` samples, 32 bits each as in a file."""
        if self.constant:
            return self.constant.to_bytes(4) * count
        return self.packed[4 * first : 4 * (first + count)]


class Durations(msgspec.Struct, frozen=True):
    """How long each sample lasts, in ticks, as runs of equal ones."""

    ends: "array[int]"
    """How many samples there are up to and including each run."""
    deltas: "array[int]"
    total: int
    """Ticks of all samples."""

    @classmethod
    def of(cls, counts: "array[int]", deltas: "array[int]") -> "Durations":
        """Durations by run."""
        return cls(array("Q", accumulate(counts)), deltas, sum(map(mul, counts, deltas)))

    def cut(self, first: int, count: int) -> Spans:
        """The durations of ``count`` samples from ``first`` on."""
        spans: Spans = []
        end = first + count
        run = bisect_right(self.ends, first)
        while first < end:
            upto = min(end, self.ends[run])
            spans.append((upto - first, self.deltas[run]))
            first, run = upto, run + 1
        return spans


class Places(msgspec.Struct, frozen=True):
    """Where samples are, as stretches of samples that lie one after another."""

    firsts: "array[int]"
    """The first sample of each stretch; the first of all is 0."""
    offsets: "array[int]"
    """The byte of the file that each stretch begins at."""


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """The picture or the sound of a file, ready to be cut and joined.

    Every sample lies inside the file, as it was when it was read; samples count from 0.
    """

    path: Path
    kind: Kind
    timescale: int
    """Ticks a second."""
    entry: bytes
    """The sample entry, a whole box, without what it says of bitrates."""
    configuration: bytes
    """What a decoder is set up with: avcC or hvcC, or the AudioSpecificConfig."""
    sizes: Sizes
    durations: Durations
    places: Places
    sync: "array[int] | None" = None
    """The samples that decoding can begin at, in order; None when it can at any."""
    width: int = 0
    height: int = 0
    media_time: int = 0
    """The tick that is played first; what is before it only gets the decoder going."""
    length: int
    """Ticks that are played."""

    def __repr__(self) -> str:
        """Name it without its tables."""
        return f"Track({str(self.path)!r}, {self.kind}, {self.count} samples)"

    @property
    def count(self) -> int:
        """How many samples there are."""
        return self.sizes.count

    @property
    def contiguous(self) -> bool:
        """Whether all samples lie one after another."""
        return len(self.places.firsts) == 1

    def runs(self, first: int, count: int) -> list[Run]:
        """The bytes of ``count`` samples from ``first`` on, in as few runs as there can be."""
        found: list[Run] = []
        firsts, offsets = self.places.firsts, self.places.offsets
        end = first + count
        stretch = bisect_right(firsts, first) - 1
        while first < end:
            upto = min(end, firsts[stretch + 1]) if stretch + 1 < len(firsts) else end
            skipped = self.sizes.before(first) - self.sizes.before(firsts[stretch])
            length = self.sizes.before(upto) - self.sizes.before(first)
            found.append(Run(self.path, offsets[stretch] + skipped, length))
            first, stretch = upto, stretch + 1
        return found

    def syncs(self, first: int, count: int) -> "range | array[int]":
        """Those of ``count`` samples from ``first`` on that decoding can begin at."""
        if self.sync is None:
            return range(first, first + count)
        return self.sync[bisect_left(self.sync, first) : bisect_left(self.sync, first + count)]
