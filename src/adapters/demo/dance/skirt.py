"""A skirt that follows the hips with a delay and opens in turns."""

import numpy as np

from adapters.demo.dance.camera import project, scale
from adapters.demo.dance.curves import Floats
from adapters.demo.dance.palette import DRESS
from adapters.demo.dance.sheet import Sheet
from adapters.demo.dance.trunk import Trunk

LENGTH = 0.43
ARC = np.linspace(0.0, np.pi, 17)


def spin(trunk: Trunk, echoes: tuple[Trunk, ...]) -> Floats:
    """Return the recent rotation (T,) of the hips, in radians, signed."""
    now, then = trunk.pelvis.ahead, echoes[0].pelvis.ahead
    return np.arctan2(
        then[:, 2] * now[:, 0] - then[:, 0] * now[:, 2],
        then[:, 0] * now[:, 0] + then[:, 2] * now[:, 2],
    )


def hem(trunk: Trunk, echoes: tuple[Trunk, ...]) -> tuple[Floats, Floats]:
    """Return the hem's middle (T, 3) and its left and right half widths (T, 2) in metres."""
    turning = np.abs(spin(trunk, echoes))
    flare = 0.19 * np.tanh(turning / 0.5)
    middle = trunk.joints["pelvis"] + 1.3 * (echoes[0].joints["pelvis"] - trunk.joints["pelvis"])
    middle = middle + 0.25 * (echoes[1].joints["pelvis"] - trunk.joints["pelvis"])
    middle = middle - trunk.pelvis.up * (LENGTH - 0.5 * flare)[:, None]
    knees = np.stack([trunk.joints[f"{side}_knee"][:, 0] for side in ("left", "right")])
    radius = 0.205 + flare
    left = np.maximum(radius, middle[:, 0] - knees.min(axis=0) + 0.075)
    right = np.maximum(radius, knees.max(axis=0) - middle[:, 0] + 0.075)
    return middle, np.stack([left, right], axis=1)


def edge(middle: Floats, widths: Floats, phase: Floats, front: bool) -> Floats:
    """Return the hem's front or back half (T, M, 2) in pixels, from left to right, with folds."""
    zoom = scale(middle)[:, None]
    spot = project(middle)
    x = -np.cos(ARC)
    half = np.where(x < 0, widths[:, 0:1], widths[:, 1:2])
    wave = 0.012 * np.sin(5 * ARC + phase[:, None]) + 0.006 * np.sin(9 * ARC - phase[:, None])
    depth = (0.036 if front else -0.030) * np.sin(ARC)
    down = (depth + wave * np.sin(ARC)) * (half / 0.2)
    return np.stack([spot[:, 0:1] + x * half * zoom, spot[:, 1:2] + down * zoom], axis=-1)


def draw_lining(sheet: Sheet, trunk: Trunk, echoes: tuple[Trunk, ...], near: Floats) -> None:
    """Add the inside of the skirt's back, seen behind the legs."""
    middle, widths = hem(trunk, echoes)
    phase = np.zeros(len(middle))
    front = edge(middle, widths, phase, True)
    back = edge(middle, widths, phase, False)
    sheet.add(np.concatenate([front, back[:, ::-1]], axis=1), DRESS.fold, near)


def draw_skirt(sheet: Sheet, trunk: Trunk, echoes: tuple[Trunk, ...], near: Floats) -> None:
    """Add the skirt from the waist to the hem with its folds."""
    middle, widths = hem(trunk, echoes)
    yaw = np.arctan2(trunk.pelvis.ahead[:, 0], trunk.pelvis.ahead[:, 2])
    front = edge(middle, widths, 3 * yaw, True)
    pelvis = trunk.joints["pelvis"]
    zoom, spot = scale(pelvis), project(pelvis)
    across = np.stack([trunk.pelvis.left[:, 0], -trunk.pelvis.left[:, 1]], axis=1)
    deep = trunk.pelvis.ahead[:, 0]
    up = np.stack([trunk.pelvis.up[:, 0], -trunk.pelvis.up[:, 1]], axis=1)
    side = np.stack([-up[:, 1], up[:, 0]], axis=1)
    broad = np.abs(np.sum(across * side, axis=1))
    hip_left = np.hypot(0.166 * broad, deep * np.where(deep > 0, 0.150, 0.105))
    hip_right = np.hypot(0.166 * broad, deep * np.where(deep > 0, 0.105, 0.150))
    waist = np.hypot(0.117 * broad, 0.088 * deep)
    size = zoom[:, None]

    def at(out: Floats, height: float) -> Floats:
        return spot + side * (out * zoom)[:, None] + up * (height * size)

    top = [at(waist, 0.12), at(-waist, 0.12)]
    hips = [at(-hip_left, -0.03), at(hip_right, -0.03)]
    left = curve(top[1], hips[0], front[:, 0])
    right = curve(front[:, -1], hips[1], top[0])
    sheet.add(np.concatenate([left, front, right], axis=1), DRESS.shade, near)
    bright = np.concatenate(
        [
            left + np.array([1.0, 0.0]) * (0.012 * zoom)[:, None, None],
            front[:, 1:10] - np.array([0.0, 1.0]) * (0.008 * zoom)[:, None, None],
            curve(front[:, 10], spot + up * (-0.05 * size), at(0.3 * waist, 0.12)),
        ],
        axis=1,
    )
    sheet.add(bright, DRESS.light, near)
    for k, high in ((4, 0.55), (7, 0.72), (12, 0.6)):
        fold_top = front[:, k] + (spot - front[:, k]) * high
        fold = np.stack([fold_top, front[:, k + 1], front[:, k - 1]], axis=1)
        sheet.add(fold, (*DRESS.fold[:3], 120), near)


def curve(start: Floats, bend: Floats, end: Floats) -> Floats:
    """Return a smooth line (T, 7, 2) from start to end that passes through `bend`."""
    u = np.linspace(0, 1, 7)[None, :, None]
    a, b, c = start[:, None], bend[:, None], end[:, None]
    # The control point makes the quadratic curve pass through `bend` at its middle.
    return (1 - u) ** 2 * a + 2 * u * (1 - u) * (2 * b - (a + c) / 2) + u**2 * c
