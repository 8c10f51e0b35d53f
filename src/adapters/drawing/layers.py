"""Words and the scrim behind them, as layers that are mixed into the planes of a frame."""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from adapters.drawing.fonts import font
from adapters.drawing.planes import Floats, Planes, coded, halved
from adapters.drawing.text_layout import Block
from domain.scripts.contrast import Colour

Weights = NDArray[np.uint16]

_FADE: Final = 0.13
"""Height over which the scrim begins, as a part of the frame's shorter side."""
_PADDING: Final = 0.5
"""Distance of the scrim's full strength from the words, in font sizes."""


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """A rectangle of a frame: each value v of a plane becomes (v * keeps + adds) / 256.

    Its sides and its place are even.
    """

    left: int
    top: int
    keeps: tuple[Weights, Weights, Weights]
    adds: tuple[Weights, Weights, Weights]

    def mix(self, frame: Planes) -> None:
        """Mix the layer into a frame."""
        for number, plane in enumerate((frame.luma, frame.blue, frame.red)):
            keeps = self.keeps[number]
            part = 2 if number else 1
            top, left = self.top // part, self.left // part
            below = plane[top : top + keeps.shape[0], left : left + keeps.shape[1]]
            mixed = np.multiply(below, keeps, dtype=np.uint16)
            mixed += self.adds[number]
            mixed >>= 8
            below[...] = mixed


class Scrim(msgspec.Struct, frozen=True, kw_only=True):
    """An even tint of the frame below ``top``, which begins softly above it; 0 tints all of it."""

    colour: Colour
    opacity: float
    top: int


class Accent(msgspec.Struct, frozen=True, kw_only=True):
    """A short bar above the words of a card."""

    colour: Colour
    left: int
    top: int
    width: int
    height: int


def scrim_top(blocks: Sequence[Block]) -> int:
    """Return the row from which on a scrim behind all these words has its full strength."""
    return max(0, min(int(block.top - block.size * _PADDING) for block in blocks))


def layer_of(
    width: int,
    height: int,
    scrim: Scrim | None,
    block: Block | None,
    ink: Colour,
    accent: Accent | None = None,
) -> Layer | None:
    """Return the layer of one text over its scrim; None if there is neither."""
    box = _rectangle(width, height, scrim, block, accent)
    if box is None:
        return None
    left, top, right, bottom = box
    opacity = np.zeros((bottom - top, right - left), np.float32)
    colours = np.zeros((3, *opacity.shape), np.float32)
    if scrim is not None:
        rows = _strength(np.arange(top, bottom), scrim, min(width, height))
        opacity += rows[:, None]
        colours += rows[:, None] * np.array(scrim.colour, np.float32)[:, None, None]
    if accent is not None:
        bar = np.zeros_like(opacity)
        bar[
            accent.top - top : accent.top + accent.height - top,
            accent.left - left : accent.left + accent.width - left,
        ] = 1
        opacity, colours = _over(opacity, colours, bar, accent.colour)
    if block is not None:
        words = _mask(block, left, top, right, bottom)
        opacity, colours = _over(opacity, colours, words, ink)
    return _layer(left, top, opacity, colours)


def _over(opacity: Floats, colours: Floats, mask: Floats, colour: Colour) -> tuple[Floats, Floats]:
    """Put a colour over a premultiplied picture."""
    clear = 1 - mask
    ink = np.array(colour, np.float32)[:, None, None]
    return mask + opacity * clear, mask * ink + colours * clear


def _rectangle(
    width: int, height: int, scrim: Scrim | None, block: Block | None, accent: Accent | None
) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of all that is drawn, at even numbers."""
    if scrim is not None:
        fade = 0 if scrim.top == 0 else round(min(width, height) * _FADE)
        return 0, _even(max(0, scrim.top - fade)), width, height
    boxes = [(block.left, block.top, block.right, block.bottom)] if block is not None else []
    if accent is not None:
        right, bottom = accent.left + accent.width, accent.top + accent.height
        boxes.append((accent.left, accent.top, right, bottom))
    if not boxes:
        return None
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (
        _even(max(0, min(lefts))),
        _even(max(0, min(tops))),
        min(width, _even(max(rights) + 1)),
        min(height, _even(max(bottoms) + 1)),
    )


def _even(number: int) -> int:
    return number - number % 2


def _strength(rows: NDArray[np.int64], scrim: Scrim, short: int) -> Floats:
    """Return the scrim's opacity in each row: it begins slowly, without a visible edge."""
    if scrim.top == 0:
        return np.full(len(rows), scrim.opacity, np.float32)
    along = ((rows - scrim.top) / (short * _FADE) + 1).clip(0, 1)
    return (along * along * (3 - 2 * along) * scrim.opacity).astype(np.float32)


def _mask(block: Block, left: int, top: int, right: int, bottom: int) -> Floats:
    """Return how much of each pixel of a rectangle is covered by letters."""
    from PIL import Image, ImageDraw

    canvas = Image.new("L", (right - left, bottom - top), 0)
    pen = ImageDraw.Draw(canvas)
    face = font(block.size, block.weight)
    for line in block.lines:
        at = line.left - left, line.baseline - top
        pen.text(at, line.text, fill=255, font=face, anchor="ls")
    return np.asarray(canvas, np.float32) / 255


def _layer(left: int, top: int, opacity: Floats, colours: Floats) -> Layer:
    """Convert a premultiplied picture to weights of planes."""
    luma, blue, red = coded(colours)
    small = halved(opacity)
    keeps, keeps_small = _weights(1 - opacity), _weights(1 - small)
    return Layer(
        left=left,
        top=top,
        keeps=(keeps, keeps_small, keeps_small),
        adds=(
            _weights(luma + 16 * opacity, 0.5),
            _weights(halved(blue) + 128 * small, 0.5),
            _weights(halved(red) + 128 * small, 0.5),
        ),
    )


def _weights(values: Floats, more: float = 0) -> Weights:
    """Return multiples of 1/256; ``more`` rounds the mixed value instead of cutting it off."""
    return ((values + more) * 256 + 0.5).clip(0, 65_535).astype(np.uint16)
