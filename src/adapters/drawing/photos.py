"""Photos fitted into a frame of any shape, without losing much of them."""

from typing import TYPE_CHECKING, Final

import numpy as np

from adapters.drawing.planes import Pixels
from domain.scripts.contrast import Colour

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_MOST_CROPPED: Final = 0.25
"""Largest part of a photo that is cropped so that it fills the frame."""
_ABOVE: Final = 0.3
"""Share of the crop's and the margin's height that is above: heads are in the upper half."""
_BLUR: Final = 1 / 28
"""Radius of the blur behind a photo, as a part of the frame's shorter side."""
_DIMMED: Final = 0.62
"""Brightness of the blurred copy, so that the photo stands out."""
_SMALL: Final = 8
"""The blurred copy is computed at an eighth of the size."""


def fit_photo(photo: Pixels, width: int, height: int, behind: Colour) -> Pixels:
    """Return a photo (height, width, 4) as red, green and blue that fill a frame.

    If more than a quarter would be cropped, the rest of the frame is a blurred, darker copy. Clear
    parts show the colour ``behind``.
    """
    from PIL import Image

    picture = _opaque(Image.fromarray(photo, "RGBA"), behind)
    wide, high = picture.size
    fill = max(width / wide, height / high)
    fits = min(width / wide, height / high)
    # At the scale s the photo's visible part is fill-sized along one side and cropped at the other.
    scale = min(fill, fits / (1 - _MOST_CROPPED))
    if scale >= fill:
        return np.asarray(_cropped(picture, width, height))
    canvas = _blurred(picture, width, height)
    size = min(width, round(wide * scale)), min(height, round(high * scale))
    left, top = (width - size[0]) // 2, round((height - size[1]) * _ABOVE)
    canvas.paste(_cropped(picture, *size), (left, top))
    return np.asarray(canvas)


def _opaque(photo: "Picture", behind: Colour) -> "Picture":
    from PIL import Image

    if photo.getchannel("A").getextrema() == (255, 255):
        return photo.convert("RGB")
    ground = Image.new("RGBA", photo.size, (*behind, 255))
    return Image.alpha_composite(ground, photo).convert("RGB")


def _cropped(picture: "Picture", width: int, height: int) -> "Picture":
    """Return the largest part of a picture with the given shape, at the given size."""
    from PIL import Image

    wide, high = picture.size
    scale = max(width / wide, height / high)
    share = min(wide, width / scale), min(high, height / scale)
    left, top = (wide - share[0]) / 2, (high - share[1]) * _ABOVE
    box = left, top, left + share[0], top + share[1]
    return picture.resize((width, height), Image.Resampling.LANCZOS, box=box)


def _blurred(picture: "Picture", width: int, height: int) -> "Picture":
    from PIL import Image, ImageFilter

    small = _cropped(picture, max(2, width // _SMALL), max(2, height // _SMALL))
    soft = small.filter(ImageFilter.GaussianBlur(min(width, height) * _BLUR / _SMALL))
    dark = soft.point(lambda value: value * _DIMMED)
    return dark.resize((width, height), Image.Resampling.BICUBIC)
