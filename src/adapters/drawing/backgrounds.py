"""Drawn backgrounds: a gradient with soft lights, in the colours of a palette."""

from random import Random
from typing import Final

import numpy as np

from adapters.drawing.planes import Floats, Pixels
from domain.scripts.palettes import Palette

_COARSE: Final = 4
"""Soft shapes are computed at a quarter of the size."""
_GRAIN: Final = 0.7
"""Deviation of the grain, in steps of 8 bits; without it a gradient shows bands."""


def draw_background(palette: Palette, seed: int, width: int, height: int) -> Pixels:
    """Return red, green and blue (height, width, 3); equal arguments give equal pixels."""
    from PIL import Image

    random = Random(seed)  # noqa: S311 - it places lights
    soft = _soft(palette, random, -(-width // _COARSE), -(-height // _COARSE))
    size = width, height
    # The streams of RandomState never change, unlike those of newer generators.
    grain = np.random.RandomState(seed % 2**32).standard_normal((height, width)).astype(np.float32)
    grain *= _GRAIN
    grain += 0.5
    picture = np.empty((height, width, 3), np.uint8)
    for part in range(3):
        smooth = Image.fromarray(soft[part]).resize(size, Image.Resampling.BILINEAR)
        picture[..., part] = (np.asarray(smooth, np.float32) + grain).clip(0, 255)
    return picture


def _soft(palette: Palette, random: Random, width: int, height: int) -> Floats:
    """Return the gradient and three lights (3, height, width), without grain."""
    short = min(width, height)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    slant = random.uniform(-0.35, 0.35)
    along = ((y / height + slant * (x / width - 0.5)) + abs(slant) / 2) / (1 + abs(slant))
    top, bottom, glow = (
        np.array(each, np.float32)[:, None, None]
        for each in (palette.top, palette.bottom, palette.glow)
    )
    picture = top + (bottom - top) * along.clip(0, 1)
    for strength, reach in ((0.55, 0.75), (0.40, 0.5), (0.30, 0.38)):
        # Lights are near the edges, away from the words.
        middle = random.choice((0.0, 1.0)) + random.uniform(-0.12, 0.12)
        other = random.uniform(0, 1)
        at = (middle, other) if random.random() < width / (width + height) else (other, middle)
        away = ((x - at[0] * width) ** 2 + (y - at[1] * height) ** 2) / (reach * short) ** 2
        weight = strength * np.exp(-1.6 * away)
        picture = picture + (glow - picture) * weight
    return picture.astype(np.float32)
