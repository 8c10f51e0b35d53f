"""The properties that clips must share to be joined."""

from typing import Final

from adapters.mp4.errors import MismatchedTrack
from adapters.mp4.samples import Track

TICKS: Final = 512
"""Ticks per frame."""


def require_alike(track: Track, like: Track, frames: int) -> None:
    """Raise `MismatchedTrack` unless a track of ``frames`` frames can be joined to ``like``."""
    alike = (
        (track.configuration == like.configuration, "decoder configuration"),
        (track.entry == like.entry, "sample entry"),
        (track.timescale == like.timescale, "timescale"),
        ((track.width, track.height) == (like.width, like.height), "size"),
        (track.count == frames, "number of frames"),
        (track.durations.cut(0, track.count) == [(frames, TICKS)], "timing"),
        (len(track.syncs(0, 1)) == 1, "first keyframe"),
    )
    for good, what in alike:
        if not good:
            raise MismatchedTrack(f"The film's {what} differs from what was encoded.")
