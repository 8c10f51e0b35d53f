"""Outlines of limbs, bodies and balls in pixels."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from adapters.demo.dance.curves import Floats


@dataclass(frozen=True, slots=True)
class Profile:
    """The outline of a limb in its own coordinates: each point is `along` bone lengths and `past`
    metres down the limb and `wide` metres to the side; `bulge` metres of it are towards the limb's
    back.
    """

    along: Floats
    past: Floats
    wide: Floats
    bulge: Floats


def profile(*rings: tuple[float, float, float], caps: int = 6) -> Profile:
    """Return a round-ended limb from rings (place along the bone 0..1, half width, bulge to the
    back).
    """
    first, last = rings[0], rings[-1]
    turn = np.linspace(np.pi / 2, -np.pi / 2, caps + 2)[1:-1]
    side = [(at, 0.0, half, back) for at, half, back in rings]
    tip = [(last[0], last[1] * np.cos(a), last[1] * np.sin(a), last[2]) for a in turn]
    other = [(at, 0.0, -half, back) for at, half, back in reversed(rings)]
    base = [(first[0], -first[1] * np.cos(a), -first[1] * np.sin(a), first[2]) for a in turn]
    points = np.array(side + tip + other + base)
    return Profile(points[:, 0], points[:, 1], points[:, 2], points[:, 3])


def limb(start: Floats, end: Floats, zoom: Floats, shape: Profile, back: Floats) -> Floats:
    """Return the outline (T, M, 2) of a limb between pixels (T, 2); it bulges towards `back` (T,
    2).
    """
    way = end - start
    far = np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6)
    down = (way / far)[:, None, :]
    aside = np.stack([-down[..., 1], down[..., 0]], axis=-1)
    size = zoom[:, None, None]
    return (
        start[:, None, :]
        + way[:, None, :] * shape.along[None, :, None]
        + down * (shape.past[None, :, None] * size)
        + aside * (shape.wide[None, :, None] * size)
        + back[:, None, :] * (shape.bulge[None, :, None] * size)
    )


@cache
def rounding(corners: int, steps: int) -> Floats:
    """Return the matrix (corners * steps, corners) that draws a closed smooth curve through
    corners.
    """
    matrix = np.zeros((corners * steps, corners))
    for i in range(corners):
        for k in range(steps):
            u = k / steps
            parts = (
                -0.5 * u + u**2 - 0.5 * u**3,
                1 - 2.5 * u**2 + 1.5 * u**3,
                0.5 * u + 2 * u**2 - 1.5 * u**3,
                -0.5 * u**2 + 0.5 * u**3,
            )
            for step, part in enumerate(parts):
                matrix[i * steps + k, (i + step - 1) % corners] += part
    return matrix


def rounded(corners: Floats, steps: int = 4) -> Floats:
    """Return a closed smooth outline (T, M, 2) through corners (T, K, 2)."""
    return np.einsum("mk,tkd->tmd", rounding(corners.shape[1], steps), corners)


def ball(centre: Floats, radius: Floats, squash: float = 1.0, points: int = 20) -> Floats:
    """Return a disc (T, M, 2) of `radius` (T,) pixels; `squash` scales its height."""
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    disc = np.stack([np.cos(turn), squash * np.sin(turn)], axis=1)
    return centre[:, None, :] + radius[:, None, None] * disc
