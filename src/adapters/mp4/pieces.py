"""A run of samples of one track, at its own speed or another."""

from collections.abc import Sequence
from itertools import groupby
from operator import sub
from typing import Final

import msgspec

from adapters.mp4.boxes import MOST_32
from adapters.mp4.errors import ImpossiblePiece, MismatchedPieces
from adapters.mp4.samples import Run, Spans, Track

MOST_TICKS: Final = 0x7FFF_FFFF
"""Ticks a sample may last; players take what is more for less than nothing."""


class Piece(msgspec.Struct, frozen=True):
    """``count`` samples of a track from ``first`` on, which has to be a sync sample."""

    track: Track
    first: int
    count: int
    ticks: int | None = None
    """How long the piece lasts, in the track's ticks; None when as long as it is."""

    @property
    def spans(self) -> Spans:
        """How long each sample lasts."""
        if self.ticks is None:
            return self.track.durations.cut(self.first, self.count)
        return spread(self.ticks, self.count)

    @property
    def runs(self) -> list[Run]:
        """The bytes of the samples."""
        return self.track.runs(self.first, self.count)


def spread(ticks: int, count: int) -> Spans:
    """Share ``ticks`` among ``count`` samples: each begins at the tick nearest to its moment."""
    each, over = divmod(ticks, count)
    if not over:
        return [(count, each)]
    # Sample i begins at the whole number nearest to i * ticks / count.
    moments = range(count, 2 * ticks * count + count + 1, 2 * ticks)
    starts = [moment // (2 * count) for moment in moments]
    return [(len(list(same)), delta) for delta, same in groupby(map(sub, starts[1:], starts))]


def require_possible(piece: Piece, name: str = "A piece") -> None:
    """Raise `ImpossiblePiece` for samples that there are not, and for a start not on a keyframe."""
    track, first, count, ticks = piece.track, piece.first, piece.count, piece.ticks
    about = f"{track.path}: {count} samples from {first} on, of {track.count}"
    if first < 0 or count < 1 or first + count > track.count:
        raise ImpossiblePiece(f"{name} has samples that its track has not.", details=about)
    if first not in track.syncs(first, 1):
        raise ImpossiblePiece(f"{name} does not begin with a keyframe.", details=about)
    if ticks is not None and not count <= ticks <= count * MOST_TICKS:
        raise ImpossiblePiece(f"{name} is to last {ticks} ticks.", details=about)


def require_alike(pieces: Sequence[Piece]) -> None:
    """Raise unless these can be one film: `ImpossiblePiece`, or `MismatchedPieces` for the first
    piece that is not as the first of all."""
    if not pieces:
        raise ImpossiblePiece("There is nothing to join.")
    if pieces[0].track.kind != "video":
        raise ImpossiblePiece("There is no picture in what is to be joined.")
    if sum(piece.count for piece in pieces) > MOST_32:
        raise ImpossiblePiece("The pieces have more frames than a file can count.")
    first = _likeness(pieces[0].track)
    for index, piece in enumerate(pieces):
        require_possible(piece, f"Piece {index + 1}")
        for what, value in _likeness(piece.track).items():
            if value != first[what]:
                raise MismatchedPieces(index, what, details=str(piece.track.path))


def _likeness(track: Track) -> dict[str, bytes | int | str]:
    """All that one decoder, and one clock, need to be the same."""
    return {
        "kind": track.kind,
        "timescale": track.timescale,
        "decoder configuration": track.configuration,
        "sample entry": track.entry,
        "width": track.width,
        "height": track.height,
    }
