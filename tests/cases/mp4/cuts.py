"""Pieces as Hypothesis makes them up."""

from hypothesis import strategies as st

from adapters.mp4.pieces import Piece, spread
from adapters.mp4.samples import Track
from tests.cases.mp4.reference import FRAME, GROUP, LENGTHS, ReferenceFiles

Cut = tuple[int, int, int, int | None]
"""A clip, the first frame, how many, and how many ticks these last."""


@st.composite
def cut(draw: st.DrawFn, *, retimed: bool = False) -> Cut:
    """A run of frames from a keyframe on."""
    clip = draw(st.integers(0, len(LENGTHS) - 1))
    first = GROUP * draw(st.integers(0, (LENGTHS[clip] - 1) // GROUP))
    count = draw(st.integers(1, LENGTHS[clip] - first))
    if not retimed:
        return clip, first, count, None
    slowest, fastest = count * FRAME * 2, count * FRAME // 2
    return clip, first, count, draw(st.none() | st.integers(fastest, slowest))


def cut_out(artifacts: ReferenceFiles, cuts: list[Cut]) -> list[Piece]:
    """The pieces of these cuts."""
    return [
        piece_of(artifacts.clips[clip].track, first, count, ticks)
        for clip, first, count, ticks in cuts
    ]


def piece_of(track: Track, first: int, count: int, ticks: int | None) -> Piece:
    """Some samples of a track, which share so many ticks."""
    return Piece(track, first, count, None if ticks is None else tuple(spread(ticks, count)))
