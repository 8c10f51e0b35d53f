"""The font of all words: Inter, which comes with a package."""

import unicodedata
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

PACKAGE: Final = "fontpkg-inter"
"""The package with the font, by the name by which it is installed."""
FAMILY: Final = "Inter"
BOLD: Final = 700
MEDIUM: Final = 600
_UNASSIGNED: Final = "\U0010ffff"
"""A code point that no font draws: its glyph stands for all missing ones."""
_UNSEEN: Final = {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn"}
"""Unicode categories of characters without a shape of their own."""
_LOOKED_UP: Final = 32
"""Font size at which the shapes of characters are compared."""


def file() -> Path:
    """Return the font's file; raises ImportError if its package is not installed."""
    import fontpkg_inter  # pyright: ignore[reportMissingTypeStubs]

    return Path(fontpkg_inter.__file__).parent / "files" / "Inter[opsz,wght].ttf"


@lru_cache(maxsize=64)
def font(size: int, weight: int) -> "FreeTypeFont":
    """Return the font at ``size`` pixels per em."""
    from PIL import ImageFont

    face = ImageFont.truetype(str(file()), size)
    # The first axis is the optical size, 14 to 32; the second one the weight.
    face.set_variation_by_axes([min(32, max(14, size)), weight])
    return face


@lru_cache(maxsize=4096)
def width_of(text: str, size: int, weight: int) -> float:
    """Return the width of a line of text in pixels, as it is advanced over."""
    return font(size, weight).getlength(text)


def undrawable(text: str) -> str:
    """Return the characters that the font cannot draw, each once, in order of appearance."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter for letter in dict.fromkeys(composed) if not _is_drawn(letter))


def drawable(text: str) -> str:
    """Return a text in composed letters without the characters that the font cannot draw."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter for letter in composed if _is_kept(letter) and _is_drawn(letter))


def _is_kept(letter: str) -> bool:
    """Return False for control and format characters, except for white space."""
    return letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf")


@lru_cache(maxsize=4096)
def _is_drawn(letter: str) -> bool:
    if unicodedata.category(letter) in _UNSEEN:
        return True
    return _shape(letter) != _shape(_UNASSIGNED)


@lru_cache(maxsize=4096)
def _shape(letter: str) -> bytes:
    """Return the pixels of a character; those of a missing one are always the same."""
    from PIL import Image, ImageDraw

    canvas = Image.new("L", (3 * _LOOKED_UP, 3 * _LOOKED_UP))
    face = font(_LOOKED_UP, MEDIUM)
    ImageDraw.Draw(canvas).text((_LOOKED_UP, 2 * _LOOKED_UP), letter, 255, face, anchor="ls")
    return canvas.tobytes()


def font_version() -> str:
    """Return everything that the shapes of words depend on."""
    from PIL import __version__, features

    face = font(_LOOKED_UP, MEDIUM)
    layout = "raqm" if face.layout_engine else "basic"
    freetype = features.version("freetype2")
    return (
        f"{FAMILY} ({PACKAGE} {version(PACKAGE)}), Pillow {__version__}, FreeType {freetype}, "
        f"layout {layout}"
    )
