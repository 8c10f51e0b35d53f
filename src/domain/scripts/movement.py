"""The slow movement of a scene's picture: a pan or a zoom on an exact path."""

import hashlib
from enum import StrEnum
from fractions import Fraction
from typing import Final

import msgspec


class Movement(StrEnum):
    """Direction in which the view moves over the picture."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    UP_LEFT = "up-left"
    UP_RIGHT = "up-right"
    DOWN_LEFT = "down-left"
    DOWN_RIGHT = "down-right"
    IN = "in"
    OUT = "out"


PANS: Final = {
    Movement.LEFT: (-1, 0),
    Movement.RIGHT: (1, 0),
    Movement.UP: (0, -1),
    Movement.DOWN: (0, 1),
    Movement.UP_LEFT: (-1, -1),
    Movement.UP_RIGHT: (1, -1),
    Movement.DOWN_LEFT: (-1, 1),
    Movement.DOWN_RIGHT: (1, 1),
}
"""Signs of each pan's steps to the right and down."""
ZOOMS: Final = (Movement.IN, Movement.OUT)

ROOM: Final = Fraction(6, 100)
"""Part of the film's size by which a picture is larger than the film: the most that a view moves
or zooms.
"""
SPEED: Final = Fraction(1, 100)
"""Most that a view moves per second, as a part of the film's longer side; films call 1 % slow."""
_GRID: Final = 8
"""A pan moves by multiples of 1/8 pixel where its speed allows it (of 1/4 pixel at 4K), so that few
positions between pixels occur, and each is drawn once.
"""
_GRID_SIDE: Final = 1920
_ZOOM_OF: Final = 4
"""One of four scenes zooms: each of its frames is resampled, which takes 20 times as long as a pan.
"""


class Window(msgspec.Struct, frozen=True):
    """A rectangle of the picture in its pixels; it fills the film's frame."""

    left: Fraction
    top: Fraction
    width: Fraction
    height: Fraction


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """The windows of all frames: the first one, and the same change from each to the next."""

    start: Window
    step: Window

    def at(self, frame: int) -> Window:
        """Return the window of a frame, exactly."""
        first, step = self.start, self.step
        return Window(
            first.left + frame * step.left,
            first.top + frame * step.top,
            first.width + frame * step.width,
            first.height + frame * step.height,
        )


def movement(seed: int, index: int, previous: Movement | None) -> Movement:
    """Choose the movement of scene ``index``: never the previous one, its reverse or a second zoom.

    The same arguments give the same movement on every machine.
    """
    choice = int.from_bytes(hashlib.sha256(f"movement {seed} {index}".encode()).digest()[:8])
    if (seed + index) % _ZOOM_OF == 0 and previous not in ZOOMS:
        return ZOOMS[choice % len(ZOOMS)]
    pans = [each for each in PANS if previous is None or not _along(each, previous)]
    return pans[choice % len(pans)]


def _along(one: Movement, other: Movement) -> bool:
    """Return True for the same pan, or the opposite one."""
    (x, y), (across, down) = PANS[one], PANS.get(other, (0, 0))
    return (x, y) in ((across, down), (-across, -down))


def picture_size(width: int, height: int) -> tuple[int, int]:
    """Return the size in pixels of the picture over which a film's view moves; even numbers."""
    return _with_room(width), _with_room(height)


def _with_room(side: int) -> int:
    return side + max(2, 2 * int(side * ROOM / 2))


def grid(width: int, height: int) -> int:
    """Return the number of positions within a pixel to which the steps of a pan are rounded."""
    return max(1, min(_GRID, _GRID * _GRID_SIDE // max(width, height)))


def path(movement: Movement, frames: int, frame_rate: int, width: int, height: int) -> Path:
    """Return the path of the view over a picture of `picture_size`, for a film of this size.

    Every window has the film's shape and is inside the picture; the steps are all equal.
    """
    most = SPEED * max(width, height) / frame_rate
    if movement in PANS:
        return _pan(movement, frames, most, width, height)
    return _zoom(movement, frames, most, width, height)


def _pan(movement: Movement, frames: int, most: Fraction, width: int, height: int) -> Path:
    across, down = PANS[movement]
    large = picture_size(width, height)
    spaces, parts = (large[0] - width, large[1] - height), grid(width, height)
    # A diagonal moves along the picture's own diagonal; a straight pan at its full speed.
    share = Fraction(spaces[1], spaces[0]) if across and down else Fraction(1)
    steps = (
        across * _step(frames, min(most, most / share), spaces[0], parts),
        down * _step(frames, min(most, most * share), spaces[1], parts),
    )
    left, top = (
        _start(step, space, frames, parts) for step, space in zip(steps, spaces, strict=True)
    )
    size = Fraction(width), Fraction(height)
    still = Fraction(0)
    return Path(start=Window(left, top, *size), step=Window(*steps, still, still))


def _step(frames: int, most: Fraction, space: int, parts: int) -> Fraction:
    """Return pixels per frame: at most ``most``, and so that all frames stay in the space."""
    exact = min(most, Fraction(space, max(1, frames - 1)))
    # A slower pan has twice as many positions; an even slower one has as many as frames.
    return (
        Fraction(int(exact * parts), parts) or Fraction(int(exact * 2 * parts), 2 * parts) or exact
    )


def _start(step: Fraction, space: int, frames: int, parts: int) -> Fraction:
    """Return the first position, so that the path is centred as far as the grid allows."""
    travel = abs(step) * (frames - 1)
    margin = Fraction(int((space - travel) / 2 * parts), parts)
    return margin if step >= 0 else margin + travel


def _zoom(movement: Movement, frames: int, most: Fraction, width: int, height: int) -> Path:
    large = picture_size(width, height)
    room = min(Fraction(large[0], width), Fraction(large[1], height)) - 1
    # Both edges move, each by half of the change.
    change = min(room, 2 * most * (frames - 1) / max(width, height))
    wide, near = _centred(1 + change, width, height), _centred(Fraction(1), width, height)
    first, last = (wide, near) if movement is Movement.IN else (near, wide)
    steps = max(1, frames - 1)
    step = Window(
        (last.left - first.left) / steps,
        (last.top - first.top) / steps,
        (last.width - first.width) / steps,
        (last.height - first.height) / steps,
    )
    return Path(start=first, step=step)


def _centred(size: Fraction, width: int, height: int) -> Window:
    """Return the window of ``size`` times the film's size in the picture's centre."""
    large = picture_size(width, height)
    wide, high = size * width, size * height
    return Window((large[0] - wide) / 2, (large[1] - high) / 2, wide, high)
