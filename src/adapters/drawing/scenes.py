"""A shot as frames: its picture, its words, and colours that can be read over both."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

import numpy as np

from adapters.drawing.backgrounds import draw_background
from adapters.drawing.frames import Frames, Seen
from adapters.drawing.layers import Accent, Scrim, layer_of, scrim_top
from adapters.drawing.photos import fit_photo
from adapters.drawing.planes import Floats, Pixels, planes_of, rgb_of
from adapters.drawing.text_layout import Block, area_of, block_of
from domain.scripts.contrast import (
    BLACK,
    NORMAL,
    WHITE,
    Colour,
    ink_on,
    luminance,
    ratio,
    required,
    scrim_opacity,
)
from domain.scripts.movement import Path, path, picture_size
from domain.scripts.palettes import Palette, palette
from domain.scripts.shots import Shot

REVISION: Final = 1
"""Raised with every change of the code that changes pictures."""

_SCRIM: Final[Colour] = (8, 10, 14)
_LEAST_SCRIM: Final = 0.28
"""Opacity of a scrim over dark photos, so that words never lie on the bare photo."""
_OVERSHOOT: Final = 1 / 8
"""Most by which a pixel between others is brighter or darker than they are, as a part of their
difference, if a picture is resampled by cubic curves.
"""
_QUALITY: Final = 88
"""JPEG quality of a poster."""
_Texts = Sequence[tuple[int, int, Block]]


def frames_of(shot: Shot, photo: Pixels | None, width: int, height: int, frame_rate: int) -> Frames:
    """Draw everything of a shot; ``photo`` has red, green, blue and opacity (height, width, 4).

    Without a photo, the background is drawn from mood and seed.
    """
    colours = palette(shot.mood, shot.seed)
    large = picture_size(width, height)
    if photo is None:
        picture = draw_background(colours, shot.seed, *large)
    else:
        picture = fit_photo(photo, *large, colours.bottom)
    way = path(shot.movement, shot.frames, frame_rate, width, height)
    layers = _layers(shot, picture, photo is None, way, width, height, colours)
    return Frames(planes_of(picture), way, layers, width, height)


def poster_of(frames: Frames, count: int) -> bytes:
    """Return the middle frame as JPEG."""
    from PIL import Image

    target = BytesIO()
    picture = Image.fromarray(rgb_of(frames.paint(count // 2)))
    picture.save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()


def _layers(
    shot: Shot,
    picture: Pixels,
    drawn: bool,
    way: Path,
    width: int,
    height: int,
    colours: Palette,
) -> list[Seen]:
    area = area_of(shot.style, width, height)
    texts = [
        (text.first, text.first + text.frames, block)
        for text in shot.texts
        if (block := block_of(text.text, area)) is not None
    ]
    if not texts:
        return []
    grounds = _grounds(picture, way, shot.frames, [block for *_, block in texts], width, height)
    if shot.style == "card":
        ink, scrim = _card_colours(grounds, colours)
    else:
        ink, scrim = _caption_colours(grounds, texts, width, height)
    seen = list[Seen]()
    bare = layer_of(width, height, scrim, None, ink)
    if bare is not None:
        # The scrim stays between texts, because its flicker would disturb more than its presence.
        seen.append(Seen(layer=bare, first=0, end=shot.frames))
    for first, end, block in texts:
        accent = _accent(block, colours, width, height) if shot.style == "card" and drawn else None
        layer = layer_of(width, height, scrim, block, ink, accent)
        if layer is not None:
            seen.append(Seen(layer=layer, first=first, end=end))
    return seen


def _card_colours(grounds: Sequence[Colour], colours: Palette) -> tuple[Colour, Scrim | None]:
    """Choose the ink of a card, and a tint of the whole frame if no ink can be read on it."""
    ink = ink_on(grounds, (colours.ink, WHITE, BLACK))
    if min(ratio(ink, ground) for ground in grounds) >= NORMAL:
        return ink, None
    dark = luminance(ink) < 0.5
    tint = WHITE if dark else _SCRIM
    return ink, Scrim(colour=tint, opacity=scrim_opacity(ink, tint, grounds), top=0)


def _caption_colours(
    grounds: Sequence[Colour], texts: _Texts, width: int, height: int
) -> tuple[Colour, Scrim]:
    """Return white for captions, and the weakest scrim on which all of them can be read."""
    least = max(required(block.size, width, height) for *_, block in texts)
    opacity = scrim_opacity(WHITE, _SCRIM, grounds, max(least, NORMAL))
    top = scrim_top([block for *_, block in texts])
    return WHITE, Scrim(colour=_SCRIM, opacity=max(_LEAST_SCRIM, opacity), top=top)


def _accent(block: Block, colours: Palette, width: int, height: int) -> Accent | None:
    """Return the bar above a card's words, if there is room for it."""
    short = min(width, height)
    bar, thick = round(short * 0.11), max(2, round(short * 0.008))
    top = round(block.top - block.size * 0.55 - thick)
    if top < height * 0.06:
        return None
    return Accent(colour=colours.accent, left=(width - bar) // 2, top=top, width=bar, height=thick)


def _grounds(
    picture: Pixels, way: Path, frames: int, blocks: Sequence[Block], width: int, height: int
) -> tuple[Colour, ...]:
    """Return the darkest and the brightest colour that is behind any words in any frame."""
    extremes = list[Colour]()
    for block in blocks:
        left, top, right, bottom = _swept(block, way, frames, width, height)
        # Films have half as many colours as pixels in each direction, which changes pixels.
        seen = rgb_of(planes_of(np.ascontiguousarray(picture[top:bottom, left:right])))
        pixels = seen.reshape(-1, 3)
        light = _LINEAR[pixels] @ np.array((0.2126, 0.7152, 0.0722), np.float32)
        darkest, brightest = (
            pixels[each].astype(np.float32) for each in (light.argmin(), light.argmax())
        )
        beyond = (brightest - darkest) * _OVERSHOOT
        extremes += [_colour(darkest - beyond), _colour(brightest + beyond)]
    return tuple(sorted(set(extremes), key=luminance))


def _swept(
    block: Block, way: Path, frames: int, width: int, height: int
) -> tuple[int, int, int, int]:
    """Return the part of the picture that is behind words in any frame.

    A view moves evenly, so its first and last windows have all extremes. All sides are even.
    """
    views = way.at(0), way.at(max(0, frames - 1))
    large = picture_size(width, height)
    return (
        2 * int(min(view.left + block.left * view.width / width for view in views) / 2),
        2 * int(min(view.top + block.top * view.height / height for view in views) / 2),
        min(
            large[0],
            2 * int(max(view.left + block.right * view.width / width for view in views) / 2 + 2),
        ),
        min(
            large[1],
            2 * int(max(view.top + block.bottom * view.height / height for view in views) / 2 + 2),
        ),
    )


def _colour(pixel: Floats) -> Colour:
    red, green, blue = (round(float(part)) for part in pixel.clip(0, 255))
    return red, green, blue


_PARTS = np.arange(256, dtype=np.float32) / 255
_LINEAR: Final = np.where(
    _PARTS <= 0.04045, _PARTS / 12.92, ((_PARTS + 0.055) / 1.055) ** 2.4
).astype(np.float32)
"""Linear light of each 8-bit value, as in `contrast.luminance`."""
