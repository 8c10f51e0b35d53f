"""Silent film as an ordered list of frames of files."""

from fractions import Fraction
from pathlib import Path

import msgspec


class Take(msgspec.Struct, frozen=True):
    """``count`` frames of a film on the local disk, from frame ``first`` on."""

    path: Path
    first: int
    count: int


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """What one cut is made of: takes that follow one another."""

    takes: tuple[Take, ...]
    lasting: int
    """How long it is seen, in frames of the film's frame rate."""
    rate: Fraction = Fraction(1)
    """Frames that are shown while one would be; 1 where each is shown for as long as it is."""


class Footage(msgspec.Struct, frozen=True, kw_only=True):
    """Silent film on the local disk."""

    shots: tuple[Shot, ...]

    @classmethod
    def whole(cls, path: Path, frames: int) -> "Footage":
        """All ``frames`` of a file, at its own speed."""
        return cls(shots=(Shot(takes=(Take(path, 0, frames),), lasting=frames),))

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return sum(take.count for shot in self.shots for take in shot.takes)

    @property
    def lasting(self) -> int:
        """How long it is seen, in frames of the film's frame rate."""
        return sum(shot.lasting for shot in self.shots)
