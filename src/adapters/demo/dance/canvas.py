"""A frame-sized picture with anti-aliased flat shapes; the only module that uses the drawing
library.
"""

from collections.abc import Iterable

import blend2d
import numpy as np
from numpy.typing import NDArray

from adapters.demo.dance.camera import HEIGHT, WIDTH
from adapters.demo.dance.sheet import Colour

Picture = NDArray[np.uint8]


class Canvas:
    """A picture (HEIGHT, WIDTH, 3) RGB that callers paint shapes on and then clear."""

    def __init__(self, ground: Picture) -> None:
        """Start from a background (HEIGHT, WIDTH, 3) RGB."""
        self._image = blend2d.Image(WIDTH, HEIGHT)
        self._context = blend2d.Context(self._image)
        self._pixels: Picture = self._image.asarray()  # pyright: ignore[reportUnknownMemberType]
        self._ground = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
        self._ground[..., :3] = ground
        self._empty = np.ascontiguousarray(ground)
        self._pixels[:] = self._ground

    def shape(self, outline: Iterable[float], colour: Colour) -> None:
        """Fill one closed outline given as x, y, x, y and so on in pixels."""
        path = blend2d.Path()
        numbers = iter(outline)
        path.move_to(next(numbers), next(numbers))
        line_to = path.line_to
        for x, y in zip(numbers, numbers, strict=True):
            line_to(x, y)
        path.close()
        # The library stores blue first; swapping red and blue here gives RGB order in memory.
        red, green, blue, alpha = colour
        self._context.set_fill_style_rgba(blue, green, red, alpha)
        self._context.fill_path(path)

    def patch(self, box: tuple[int, int, int, int]) -> Picture:
        """Return a new RGB picture of `box` alone, and reset the box to the background."""
        left, top, right, bottom = box
        inside = (slice(top, bottom), slice(left, right))
        patch = np.empty((bottom - top, right - left, 3), np.uint8)
        for channel in range(3):
            patch[..., channel] = self._pixels[(*inside, channel)]
        self._pixels[inside] = self._ground[inside]
        return patch

    def picture(self, box: tuple[int, int, int, int]) -> Picture:
        """Return a new RGB picture with the painted `box` (left, top, right, bottom), and reset the
        box to the background.
        """
        left, top, right, bottom = box
        inside = (slice(top, bottom), slice(left, right))
        picture = self._empty.copy()
        # Copying channel by channel is several times faster than copying three of four bytes.
        for channel in range(3):
            picture[(*inside, channel)] = self._pixels[(*inside, channel)]
        self._pixels[inside] = self._ground[inside]
        return picture
