"""Flat-coloured outlines over time, sorted for painting from the farthest to the nearest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from adapters.demo.dance.curves import Floats

Colour: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Patch:
    """An outline (T, M, 2) in pixels, its colour, its nearness (T,) and its visibility (T,)."""

    outline: Floats
    colour: Colour
    near: Floats
    mask: NDArray[np.bool_] | None

    def shows(self, frame: int) -> bool:
        """Return True if the patch is visible in a frame."""
        return self.mask is None or bool(self.mask[frame])


@dataclass(slots=True)
class Sheet:
    """All patches of a couple; patches of equal distance are painted in the order of their
    addition.
    """

    patches: list[Patch] = field(default_factory=list[Patch])

    def add(
        self,
        outline: Floats,
        colour: Colour,
        near: Floats,
        mask: NDArray[np.bool_] | None = None,
    ) -> None:
        """Add a patch to the sheet."""
        self.patches.append(Patch(outline, colour, near, mask))

    def in_order(self, frame: int) -> Sequence[Patch]:
        """Return the visible patches of a frame, the farthest first."""
        near = np.array([patch.near[frame] for patch in self.patches])
        order: list[int] = np.argsort(near, kind="stable").tolist()
        return [self.patches[k] for k in order if self.patches[k].shows(frame)]
