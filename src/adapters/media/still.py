"""Decode a picture once, to measure it and to find damage."""

import os
from typing import TYPE_CHECKING, Any, Final

from domain.shared.errors import UnacceptedMedia, UnreadableMedia
from domain.storage.asset_files import ACCEPTED_PICTURES, PICTURE, Pixels

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_FORMS: Final = ("JPEG", "PNG", "WEBP")
_TURNED: Final = (5, 6, 7, 8)
"""Orientations that exchange width and height (EXIF 2.32, 4.6.4)."""
_ORIENTATION: Final = 0x0112


def prepare() -> None:
    """Load the decoders."""
    from PIL import (  # noqa: F401
        JpegImagePlugin,  # pyright: ignore[reportUnusedImport]
        PngImagePlugin,  # pyright: ignore[reportUnusedImport]
        WebPImagePlugin,  # pyright: ignore[reportUnusedImport]
    )


def measure_still(file: int) -> Pixels:
    """Return the upright size of an open picture.

    Raises `UnacceptedMedia`, `UnreadableMedia` and `TooLarge`.
    """
    from PIL import Image, UnidentifiedImageError

    # The limit of pixels is checked here, before anything is decoded.
    Image.MAX_IMAGE_PIXELS = None
    with os.fdopen(os.dup(file), "rb") as source:
        source.seek(0)
        try:
            with Image.open(source, formats=_FORMS) as picture:
                width, height = picture.size
                Pixels(width, height).refuse_excess(PICTURE)
                turned = _is_turned(picture)
                picture.load()
        except UnidentifiedImageError:
            raise UnacceptedMedia(f"The file is no picture: {ACCEPTED_PICTURES}.") from None
        except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError) as error:
            message = "The picture is damaged: it cannot be decoded to its end."
            raise UnreadableMedia(message, details=str(error)[:200]) from None
    return Pixels(height, width) if turned else Pixels(width, height)


def _is_turned(picture: "Picture") -> bool:
    exif: Any = picture.getexif()
    return exif.get(_ORIENTATION) in _TURNED
