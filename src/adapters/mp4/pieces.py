"""A sequence of samples of one track, at its own or another speed."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import groupby, repeat
from operator import sub
from typing import Final, NamedTuple

import msgspec

from adapters.mp4.boxes import MOST_32
from adapters.mp4.errors import ImpossiblePiece, MismatchedPieces
from adapters.mp4.samples import Run, Spans, Track

MOST_TICKS: Final = 0x7FFF_FFFF
"""Maximum ticks of a sample; players read larger numbers as negative."""


class Piece(msgspec.Struct, frozen=True):
    """``count`` samples of a track from ``first`` on, which must be a sync sample."""

    track: Track
    first: int
    count: int
    timing: tuple[tuple[int, int], ...] | None = None
    """Other durations of the samples, as `Spans` of ``count`` samples in the track's ticks."""

    @property
    def spans(self) -> Spans:
        """Durations of the samples."""
        if self.timing is None:
            return self.track.durations.cut(self.first, self.count)
        return list(self.timing)

    @property
    def ticks(self) -> int:
        """Total duration in ticks."""
        return sum_of(tuple(self.spans) if self.timing is None else self.timing).ticks

    @property
    def runs(self) -> list[Run]:
        """The bytes of the samples."""
        return self.track.runs(self.first, self.count)


class Sum(NamedTuple):
    """The sum of runs of durations."""

    samples: int
    ticks: int
    possible: bool
    """True if every run has samples, and each duration is within the players' limit."""


@lru_cache(maxsize=256)
def sum_of(spans: tuple[tuple[int, int], ...]) -> Sum:
    """Add up runs of durations; cached, because a film has few different ones."""
    return Sum(
        sum(count for count, _ in spans),
        sum(count * delta for count, delta in spans),
        all(count > 0 and 0 < delta <= MOST_TICKS for count, delta in spans),
    )


@lru_cache(maxsize=256)
def spread(ticks: int, count: int, each: Fraction | None = None) -> tuple[tuple[int, int], ...]:
    """Distribute ``ticks`` over ``count`` samples: each begins at the tick nearest to its time.

    Sample i's time is i times ``each`` ticks; without it, i times an equal share. The last one ends
    with the last tick.
    """
    share = Fraction(ticks, count) if each is None else each
    over, under = share.numerator, share.denominator
    if under == 1 and over * count == ticks:
        return ((count, over),)
    # The integer nearest to i * over / under.
    moments = range(under, 2 * over * count + under, 2 * over)
    starts = [*map(int.__floordiv__, moments, repeat(2 * under)), ticks]
    durations = groupby(map(sub, starts[1:], starts))
    return tuple((len(list(same)), delta) for delta, same in durations)


def parted(spans: Iterable[tuple[int, int]], counts: Iterable[int]) -> Iterator[Spans]:
    """Split runs of durations into groups of ``counts`` samples."""
    rest = iter(spans)
    available, delta = 0, 0
    for count in counts:
        part: Spans = []
        while count:
            if not available:
                available, delta = next(rest)
            share = min(available, count)
            part.append((share, delta))
            available, count = available - share, count - share
        yield part


def require_possible(piece: Piece, name: str = "A piece") -> None:
    """Raise `ImpossiblePiece` for samples that do not exist, and for a start without keyframe."""
    track, first, count = piece.track, piece.first, piece.count
    about = f"{track.path.name}: {count} samples from {first} on, of {track.count}"
    if first < 0 or count < 1 or first + count > track.count:
        raise ImpossiblePiece(f"{name} has samples that its track has not.", details=about)
    if first not in track.syncs(first, 1):
        raise ImpossiblePiece(f"{name} does not begin with a keyframe.", details=about)
    if piece.timing is None:
        return
    timing = sum_of(piece.timing)
    if timing.samples != count or not timing.possible:
        raise ImpossiblePiece(f"{name} is not timed frame by frame.", details=about)


def require_alike(pieces: Sequence[Piece]) -> None:
    """Raise unless these pieces can form one film: `ImpossiblePiece`, or `MismatchedPieces` for the
    first piece that differs from the first of all.
    """
    if not pieces:
        raise ImpossiblePiece("There is nothing to join.")
    if pieces[0].track.kind != "video":
        raise ImpossiblePiece("The pieces to join have no video.")
    if sum(piece.count for piece in pieces) > MOST_32:
        raise ImpossiblePiece("The pieces have more frames than a file can count.")
    first = _likeness(pieces[0].track)
    for index, piece in enumerate(pieces):
        require_possible(piece, f"Piece {index + 1}")
        for what, value in _likeness(piece.track).items():
            if value != first[what]:
                raise MismatchedPieces(index, what, details=piece.track.path.name)


def _likeness(track: Track) -> dict[str, bytes | int | str]:
    """Return all properties that must be equal for one decoder and one time base."""
    return {
        "kind": track.kind,
        "timescale": track.timescale,
        "decoder configuration": track.configuration,
        "sample entry": track.entry,
        "width": track.width,
        "height": track.height,
    }
