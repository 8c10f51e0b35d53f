"""Footage: silent film as a sequence of frames in files."""

from fractions import Fraction
from pathlib import Path

import msgspec


class Take(msgspec.Struct, frozen=True):
    """``count`` frames of a film on the local disk, from frame ``first`` on."""

    path: Path
    first: int
    count: int


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """The content of one cut: successive takes."""

    takes: tuple[Take, ...]
    lasting: int
    """Duration in frames at the film's frame rate."""
    rate: Fraction = Fraction(1)
    """Frames per frame time; 1 if each has its normal duration."""


class Footage(msgspec.Struct, frozen=True, kw_only=True):
    """Silent film on the local disk."""

    shots: tuple[Shot, ...]

    @classmethod
    def whole(cls, path: Path, frames: int) -> "Footage":
        """Return footage of all ``frames`` of a file, at its own speed."""
        return cls(shots=(Shot(takes=(Take(path, 0, frames),), lasting=frames),))

    @property
    def frames(self) -> int:
        """Number of frames."""
        return sum(take.count for shot in self.shots for take in shot.takes)

    @property
    def lasting(self) -> int:
        """Duration in frames at the film's frame rate."""
        return sum(shot.lasting for shot in self.shots)
