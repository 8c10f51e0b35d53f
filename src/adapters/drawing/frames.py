"""The frames of a scene: a picture under a moving view, and words that stay in place."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from adapters.drawing.layers import Layer
from adapters.drawing.planes import Pixels, Planes
from domain.scripts.movement import Path, Window, grid

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_MOST_KEPT: Final = 32
"""Maximum number of kept positions of one plane: 8 or 16 of the luma, twice as many of the chroma.
"""
_DARKEST: Final = 16
_BRIGHTEST: Final = {1: 235, 2: 240}
"""Limits of luma and of chroma in limited range (ITU-R BT.709)."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A layer, and the frames in which it is mixed in."""

    layer: Layer
    first: int
    end: int


class Frames:
    """Paints frames of ``width`` x ``height`` one after the other, each into the same memory."""

    def __init__(
        self, picture: Planes, path: Path, layers: Sequence[Seen], width: int, height: int
    ) -> None:
        """Take a picture of `movement.picture_size`, and layers of which later ones are chosen."""
        self._planes = [
            _Plane(picture.luma, width, height, 1, grid(width, height)),
            _Plane(picture.blue, width // 2, height // 2, 2, grid(width, height)),
            _Plane(picture.red, width // 2, height // 2, 2, grid(width, height)),
        ]
        self._path = path
        self.layers = layers
        luma, chroma = width * height, width * height // 4
        self._memory = np.empty(luma + 2 * chroma, np.uint8)
        small = height // 2, width // 2
        self._frame = Planes(
            self._memory[:luma].reshape(height, width),
            self._memory[luma : luma + chroma].reshape(small),
            self._memory[luma + chroma :].reshape(small),
        )

    def all(self, count: int) -> Iterator[memoryview]:
        """Yield the bytes of each frame as planes; the next frame overwrites them."""
        for number in range(count):
            self.paint(number)
            yield self._memory.data

    def paint(self, number: int) -> Planes:
        """Return a frame, which the next call overwrites."""
        window = self._path.at(number)
        targets = (self._frame.luma, self._frame.blue, self._frame.red)
        for plane, target in zip(self._planes, targets, strict=True):
            plane.view(window, target)
        layer = next(
            (each.layer for each in reversed(self.layers) if each.first <= number < each.end), None
        )
        if layer is not None:
            layer.mix(self._frame)
        return self._frame


class _Plane:
    """One plane of a picture, whose pixels are ``part`` times as large as those of windows."""

    def __init__(self, pixels: Pixels, width: int, height: int, part: int, parts: int) -> None:
        from PIL import Image

        self._pixels = pixels
        self._picture: Picture = Image.fromarray(pixels)
        self._size = width, height
        self._part = part
        self._parts = 2 * parts * part
        self._shifted: dict[tuple[Fraction, Fraction], Pixels] = {}

    def view(self, window: Window, into: Pixels) -> None:
        """Fill ``into`` with what is seen in the window."""
        width, height = self._size
        left, top = window.left / self._part, window.top / self._part
        if (window.width, window.height) == (width * self._part, height * self._part):
            across, down = int(left), int(top)
            within = left - across, top - down
            if all((each * self._parts).denominator == 1 for each in within):
                shifted = self._at(within)
                into[...] = shifted[down : down + height, across : across + width]
                return
        right, bottom = left + window.width / self._part, top + window.height / self._part
        box = float(left), float(top), float(right), float(bottom)
        into[...] = self._resized((width, height), box, sharp=self._part == 1)

    def _at(self, within: tuple[Fraction, Fraction]) -> Pixels:
        """Return the plane moved by parts of a pixel; each position is computed once."""
        if within == (0, 0):
            return self._pixels
        if within not in self._shifted:
            if len(self._shifted) >= _MOST_KEPT:
                self._shifted.clear()
            high, wide = self._pixels.shape
            # A row and a column less, as nothing is known beyond the picture.
            size = wide - (within[0] != 0), high - (within[1] != 0)
            left, top = float(within[0]), float(within[1])
            box = left, top, left + size[0], top + size[1]
            self._shifted[within] = self._resized(size, box, sharp=True)
        return self._shifted[within]

    def _resized(
        self, size: tuple[int, int], box: tuple[float, float, float, float], *, sharp: bool
    ) -> Pixels:
        from PIL import Image

        sampling = Image.Resampling.BICUBIC if sharp else Image.Resampling.BILINEAR
        pixels = np.asarray(self._picture.resize(size, sampling, box=box))
        # A cubic curve goes beyond its points: whiter than white could outshine the words.
        return pixels.clip(_DARKEST, _BRIGHTEST[self._part]) if sharp else pixels
