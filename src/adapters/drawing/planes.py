"""Pictures as planes of Y'CbCr 4:2:0 in BT.709 with limited range, as films are encoded."""

from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""One plane (height, width), or red, green and blue (height, width, 3)."""
Floats = NDArray[np.floating[Any]]

_KR: Final = 0.2126
_KB: Final = 0.0722
"""Weights of red and blue in luma (ITU-R BT.709)."""
_LUMA: Final = 219 / 255
_CHROMA: Final = 224 / 255

_BLUE: Final = _CHROMA / (2 * (1 - _KB))
_RED: Final = _CHROMA / (2 * (1 - _KR))
_KG: Final = 1 - _KR - _KB
_MATRIX: Final = (
    *(_KR * _LUMA, _KG * _LUMA, _KB * _LUMA, 16.0),
    *(-_KR * _BLUE, -_KG * _BLUE, (1 - _KB) * _BLUE, 128.0),
    *((1 - _KR) * _RED, -_KG * _RED, -_KB * _RED, 128.0),
)
"""Rows for luma and both colour differences: weights of red, green and blue, and the offset."""


class Planes(msgspec.Struct, frozen=True):
    """Luma (height, width), and two chroma planes of half its size."""

    luma: Pixels
    blue: Pixels
    red: Pixels


def planes_of(rgb: Pixels) -> Planes:
    """Convert red, green and blue (height, width, 3), both even, to planes."""
    from PIL import Image

    coded = Image.fromarray(rgb).convert("RGB", _MATRIX)
    luma, blue, red = coded.split()
    return Planes(np.asarray(luma), np.asarray(blue.reduce(2)), np.asarray(red.reduce(2)))


def coded(rgb: Floats) -> tuple[Floats, Floats, Floats]:
    """Return luma and colour differences of (3, height, width), without their offsets."""
    red, green, blue = rgb
    luma = (_KR * red + _KG * green + _KB * blue) * _LUMA
    unscaled = luma / _LUMA
    return luma, (blue - unscaled) * _BLUE, (red - unscaled) * _RED


def halved(plane: Floats) -> Floats:
    """Return the mean of every four neighbours."""
    pairs = plane[0::2] + plane[1::2]
    return (pairs[:, 0::2] + pairs[:, 1::2]) * np.float32(0.25)


def rgb_of(planes: Planes) -> Pixels:
    """Convert planes to red, green and blue (height, width, 3)."""
    luma = (planes.luma.astype(np.float32) - 16) / _LUMA
    blue = _doubled(planes.blue) / _BLUE
    red = _doubled(planes.red) / _RED
    green = (_KR * red + _KB * blue) / -_KG
    return _rounded(np.stack((luma + red, luma + green, luma + blue), axis=-1))


def _doubled(plane: Pixels) -> Floats:
    wide = plane.astype(np.float32) - np.float32(128)
    return wide.repeat(2, axis=0).repeat(2, axis=1)


def _rounded(values: Floats) -> Pixels:
    return (values + 0.5).clip(0, 255).astype(np.uint8)
