"""Shots and photos of the tests of drawing, and measurements of frames."""

import numpy as np
from numpy.typing import NDArray

from adapters.drawing.planes import Pixels
from domain.scripts.movement import Movement
from domain.scripts.palettes import Mood
from domain.scripts.shots import Shot, ShotStyle, ShownText

Floats = NDArray[np.float64]


def shot(
    *texts: str,
    style: ShotStyle = "caption",
    frames: int = 90,
    seed: int = 1,
    mood: Mood = Mood.CALM,
    movement: Movement = Movement.RIGHT,
) -> Shot:
    """A shot that shows its texts one after the other, for equal times."""
    each = frames // max(1, len(texts))
    return Shot(
        texts=tuple(
            ShownText(text=text, first=number * each, frames=each)
            for number, text in enumerate(texts)
        ),
        frames=frames,
        style=style,
        mood=mood,
        seed=seed,
        movement=movement,
    )


def opaque(rgb: Pixels) -> Pixels:
    """A photo without clear parts."""
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def plain(width: int, height: int, colour: tuple[int, int, int]) -> Pixels:
    """A photo of one colour."""
    return opaque(np.full((height, width, 3), colour, np.uint8))


def busy(width: int, height: int) -> Pixels:
    """A photo of random pixels, which are also black and white."""
    return opaque(
        np.random.RandomState(2).choice([0, 90, 255], (height, width, 3)).astype(np.uint8)
    )


def soft(width: int, height: int, seed: int = 3) -> Floats:
    """A luma of soft shapes, in which a shift by parts of a pixel can be measured."""
    random = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    plane = np.full((height, width), 120.0)
    for _ in range(40):
        wave = random.uniform(0.05, 0.5, 2) * random.choice([-1, 1], 2)
        plane += 8 * np.sin(wave[0] * x + wave[1] * y + random.uniform(0, 6.28))
    return plane.clip(0, 255)


def shift_between(one: Floats, other: Floats) -> tuple[float, float]:
    """Pixels by which ``other`` is moved to the right and down, by the gradients of the middle.

    The method of Lucas and Kanade (1981), repeated on the rest; it needs a shift below one pixel.
    """
    inner = np.s_[4:-4, 4:-4]
    mean = (one + other) / 2
    down, across = (np.asarray(np.gradient(mean, axis=axis), np.float64) for axis in (0, 1))
    gradients = np.stack([across[inner].ravel(), down[inner].ravel()], axis=1)
    change = (other - one)[inner].ravel()
    solved = np.linalg.lstsq(gradients, -change, rcond=None)[0]
    return float(solved[0]), float(solved[1])
