"""Pictures as planes of Y'CbCr 4:2:0 in BT.709 with limited range, as films are encoded."""

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""One plane (height, width), or red, green and blue (height, width, 3)."""
Floats = NDArray[np.float32]

_KR: Final = 0.2126
_KB: Final = 0.0722
"""Weights of red and blue in luma (ITU-R BT.709)."""
_LUMA: Final = 219 / 255
_CHROMA: Final = 224 / 255


class Planes(msgspec.Struct, frozen=True):
    """Luma (height, width), and two chroma planes of half its size."""

    luma: Pixels
    blue: Pixels
    red: Pixels


def planes_of(rgb: Pixels) -> Planes:
    """Convert red, green and blue (height, width, 3), both even, to planes."""
    luma, blue, red = coded(rgb.astype(np.float32))
    return Planes(_rounded(luma + 16), _rounded(halved(blue) + 128), _rounded(halved(red) + 128))


def coded(rgb: Floats) -> tuple[Floats, Floats, Floats]:
    """Return luma and colour differences at full size, scaled to 8 bits, without their offsets."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    luma = _KR * red + (1 - _KR - _KB) * green + _KB * blue
    return (
        (luma * _LUMA).astype(np.float32),
        ((blue - luma) * (_CHROMA / (2 * (1 - _KB)))).astype(np.float32),
        ((red - luma) * (_CHROMA / (2 * (1 - _KR)))).astype(np.float32),
    )


def halved(plane: Floats) -> Floats:
    """Return the mean of every four neighbours."""
    pairs = plane[0::2] + plane[1::2]
    return (pairs[:, 0::2] + pairs[:, 1::2]) / 4


def rgb_of(planes: Planes) -> Pixels:
    """Convert planes to red, green and blue (height, width, 3)."""
    luma = (planes.luma.astype(np.float32) - 16) / _LUMA
    blue = _doubled(planes.blue) * (2 * (1 - _KB) / _CHROMA)
    red = _doubled(planes.red) * (2 * (1 - _KR) / _CHROMA)
    green = -(_KR * red + _KB * blue) / (1 - _KR - _KB)
    return _rounded(np.stack((luma + red, luma + green, luma + blue), axis=-1))


def _doubled(plane: Pixels) -> Floats:
    wide = plane.astype(np.float32) - 128
    return wide.repeat(2, axis=0).repeat(2, axis=1)


def _rounded(values: Floats) -> Pixels:
    return (values + 0.5).clip(0, 255).astype(np.uint8)
