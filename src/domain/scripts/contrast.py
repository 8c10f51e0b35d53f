"""Contrast of text by WCAG 2.2: the colour of words, and the strength of the scrim behind them."""

from collections.abc import Sequence
from math import ceil
from typing import Final

Colour = tuple[int, int, int]
"""Red, green and blue of sRGB, 0 to 255."""

WHITE: Final[Colour] = (255, 255, 255)
BLACK: Final[Colour] = (0, 0, 0)
NORMAL: Final = 4.5
"""Lowest contrast of ordinary text (WCAG 2.2, success criterion 1.4.3)."""
LARGE: Final = 3.0
"""Lowest contrast of large text."""
_LARGE_SIDE: Final = 1 / 20
"""Text this high, as a part of the film's shorter side, is large: 54 pixels at 1080p."""
_STEPS: Final = 256
"""Opacities are multiples of 1/256."""
_SPARE: Final = 1.06
"""Factor on the contrast asked for, for resampling, rounding and compression."""


def luminance(colour: Colour) -> float:
    """Return the relative luminance, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def ratio(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def required(text_size: float, width: int, height: int) -> float:
    """Return the lowest contrast of text of this size in pixels."""
    return LARGE if text_size >= min(width, height) * _LARGE_SIDE else NORMAL


def ink_on(grounds: Sequence[Colour], inks: Sequence[Colour]) -> Colour:
    """Return the first ink with enough contrast to every ground, or else the best one."""
    worst = {ink: min(ratio(ink, ground) for ground in grounds) for ink in inks}
    enough = (ink for ink in inks if worst[ink] >= NORMAL * _SPARE)
    return next(enough, max(inks, key=lambda ink: worst[ink]))


def covered(ground: Colour, scrim: Colour, opacity: float) -> Colour:
    """Return a colour under a scrim; mixed in sRGB, as players mix."""
    red, green, blue = (
        round(below * (1 - opacity) + above * opacity)
        for below, above in zip(ground, scrim, strict=True)
    )
    return red, green, blue


def scrim_opacity(
    ink: Colour, scrim: Colour, grounds: Sequence[Colour], least: float = NORMAL
) -> float:
    """Return the lowest opacity at which ``ink`` has the contrast ``least`` to every ground.

    Returns 1 if no opacity is enough. A ground is a colour that occurs behind the text.
    """
    return max((_opacity(ink, scrim, ground, least) for ground in grounds), default=0.0)


def _opacity(ink: Colour, scrim: Colour, ground: Colour, least: float) -> float:
    """Search by halves: a stronger scrim never has less contrast if it has any above the ground."""
    enough = least * _SPARE
    if ratio(ink, ground) >= enough:
        return 0.0
    weak, strong = 0, _STEPS
    while strong - weak > 1:
        middle = (weak + strong) // 2
        if ratio(ink, covered(ground, scrim, middle / _STEPS)) >= enough:
            strong = middle
        else:
            weak = middle
    return ceil(strong) / _STEPS
