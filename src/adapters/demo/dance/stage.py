"""The terrace behind the dancers, drawn once for each style's light."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from adapters.demo.dance.camera import DISTANCE, EYE, FOCAL, HEIGHT, HORIZON, WIDTH, project
from adapters.demo.dance.canvas import Canvas, Picture
from adapters.demo.dance.catalogue import Style
from adapters.demo.dance.curves import Floats
from adapters.demo.dance.outline import ball
from adapters.demo.dance.sheet import Colour

WALL = -2.6
PARAPET = 0.86
PLANK = 0.34
SEAM = np.array([[0.5, 0.0], [1.3, 0.0]])
JOINT = np.array([0.0, 0.7])
SWAGS = (
    (-60.0, 40.0, 470.0, 66.0, 104.0),
    (470.0, 66.0, 880.0, 60.0, 110.0),
    (880.0, 60.0, 1350.0, 30.0, 120.0),
)
PALMS = ((118.0, 364.0, 190.0, 1.0), (1180.0, 364.0, 150.0, -1.0), (1085.0, 364.0, 262.0, 0.7))


@dataclass(frozen=True, slots=True)
class Light:
    """The colours of one evening: sky from top to horizon, wall, floor, palms, bulbs, spot."""

    sky: tuple[int, int, int]
    dusk: tuple[int, int, int]
    glow: tuple[int, int, int]
    wall: tuple[int, int, int]
    floor: tuple[int, int, int]
    palm: tuple[int, int, int]
    bulb: tuple[int, int, int]
    sun: tuple[float, float, float]
    beams: bool


LIGHTS: dict[Style, Light] = {
    "romantic": Light(
        sky=(36, 26, 66),
        dusk=(122, 62, 104),
        glow=(232, 138, 118),
        wall=(96, 58, 72),
        floor=(124, 74, 58),
        palm=(40, 24, 54),
        bulb=(255, 214, 150),
        sun=(905.0, 250.0, 34.0),
        beams=False,
    ),
    "sensual": Light(
        sky=(28, 12, 26),
        dusk=(84, 20, 40),
        glow=(164, 48, 46),
        wall=(74, 28, 36),
        floor=(104, 50, 40),
        palm=(26, 8, 20),
        bulb=(255, 176, 110),
        sun=(360.0, 170.0, 30.0),
        beams=False,
    ),
    "playful": Light(
        sky=(40, 108, 132),
        dusk=(120, 168, 160),
        glow=(255, 196, 132),
        wall=(176, 104, 82),
        floor=(178, 116, 78),
        palm=(22, 74, 82),
        bulb=(255, 236, 176),
        sun=(330.0, 268.0, 46.0),
        beams=False,
    ),
    "energetic": Light(
        sky=(18, 16, 54),
        dusk=(62, 30, 110),
        glow=(176, 62, 150),
        wall=(58, 38, 92),
        floor=(84, 54, 92),
        palm=(20, 14, 48),
        bulb=(255, 204, 130),
        sun=(0.0, 0.0, 0.0),
        beams=True,
    ),
}


def blend(one: tuple[int, int, int], other: tuple[int, int, int], share: Floats) -> Floats:
    """Return colours (..., 3) between two others, by `share` (...) from 0 to 1."""
    return np.array(one) + (np.array(other) - np.array(one, dtype=float)) * share[..., None]


def shaded(colour: tuple[int, int, int], times: float, alpha: int = 255) -> Colour:
    """Return a colour made lighter or darker."""
    red, green, blue = (min(255, round(part * times)) for part in colour)
    return red, green, blue, alpha


def ground(light: Light) -> Picture:
    """Return sky, wall and floor without objects: (HEIGHT, WIDTH, 3)."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    high = np.clip(y / 360.0, 0, 1)
    picture = blend(light.sky, light.dusk, np.clip(high * 1.5, 0, 1))
    near_sun = np.exp(-(((x - (light.sun[0] or WIDTH / 2)) / 420) ** 2)) * 0.5 + 0.5
    picture += (np.array(light.glow) - picture) * (np.clip(2.2 * high - 1.2, 0, 1) * near_sun)[
        ..., None
    ]
    top, foot = wall_rows()
    wall = blend(light.wall, light.sky, 0.35 + 0.25 * np.abs(x - WIDTH / 2) / WIDTH)
    picture = np.where((y >= top)[..., None], wall, picture)
    depth = np.clip((y - foot) / (HEIGHT - foot), 0, 1)
    spot = np.exp(-(((x - WIDTH / 2) / 430) ** 2) - ((y - 652) / 92) ** 2)
    floor = np.array(light.floor) * (0.52 + 0.30 * depth + 0.42 * spot)[..., None]
    picture = np.where((y >= foot)[..., None], floor, picture)
    return np.clip(picture, 0, 255).astype(np.uint8)


def wall_rows() -> tuple[float, float]:
    """Return the picture rows of the parapet's top and foot."""
    zoom = FOCAL / (DISTANCE - WALL)
    return HORIZON - (PARAPET - EYE) * zoom, HORIZON + EYE * zoom


def floor_line(x: float) -> Floats:
    """Return a line (2, 2) on the floor from the wall to the front edge, in pixels."""
    return project(np.array([[x, 0.0, WALL], [x, 0.0, 0.75]]))


def draw_floor(canvas: Canvas, light: Light) -> None:
    """Add planks running to the back, some darker, with their joints."""
    for k in range(-16, 17):
        left, right = floor_line((k - 0.5) * PLANK), floor_line((k + 0.5) * PLANK)
        tone = (k * 37) % 11 / 11
        plank = np.concatenate([left, right[::-1]])
        canvas.shape(plank.ravel().tolist(), shaded(light.floor, 0.35, round(12 + 34 * tone)))
        seam = np.concatenate([left - SEAM, (left + SEAM)[::-1]])
        canvas.shape(seam.ravel().tolist(), shaded(light.floor, 0.25, 130))
        z = WALL + (k * 53 % 17) / 17 * 2.9
        ends = project(np.array([[(k - 0.5) * PLANK, 0.0, z], [(k + 0.5) * PLANK, 0.0, z]]))
        joint = np.concatenate([ends - JOINT, (ends + JOINT)[::-1]])
        canvas.shape(joint.ravel().tolist(), shaded(light.floor, 0.25, 120))


def draw_wall(canvas: Canvas, light: Light) -> None:
    """Add the parapet's rail, its pillars with balusters between, and its skirting."""
    top, foot = wall_rows()
    for x in range(-20, WIDTH + 20, 34):
        middle = (top + foot) / 2
        for centre, wide, tall in ((middle - 38, 9, 46), (middle + 42, 12, 52)):
            oval = ball(np.array([[x + 8.0, centre]]), np.array([wide]), tall / wide, 18)[0]
            canvas.shape(oval.ravel().tolist(), shaded(light.wall, 1.12, 150))
            shade = oval + np.array([3.0, 0.0])
            canvas.shape(shade.ravel().tolist(), shaded(light.wall, 0.6, 60))
    for x in range(-40, WIDTH + 40, 320):
        box(canvas, (x, top - 4, x + 58, foot), shaded(light.wall, 1.05))
        box(canvas, (x + 40, top - 4, x + 58, foot), shaded(light.wall, 0.72))
        box(canvas, (x - 7, top - 20, x + 65, top - 4), shaded(light.wall, 1.3))
    box(canvas, (0, top - 8, WIDTH, top + 12), shaded(light.wall, 1.28))
    box(canvas, (0, top + 12, WIDTH, top + 20), shaded(light.wall, 0.6))
    box(canvas, (0, foot - 16, WIDTH, foot), shaded(light.wall, 0.85))
    box(canvas, (0, foot - 3, WIDTH, foot + 3), shaded(light.wall, 0.35))


def box(canvas: Canvas, edges: tuple[float, float, float, float], colour: Colour) -> None:
    """Add a rectangle (left, top, right, bottom)."""
    left, top, right, bottom = edges
    canvas.shape((left, top, right, top, right, bottom, left, bottom), colour)


def draw_palm(canvas: Canvas, light: Light, palm: tuple[float, float, float, float]) -> None:
    """Add a palm that leans over the parapet: its trunk, then its drooping leaves."""
    x, foot, crown, lean = palm
    u = np.linspace(0, 1, 12)
    trunk_x = x + lean * 70 * u**2
    trunk_y = foot + (crown - foot) * u
    width = 11 - 5 * u
    trunk = np.concatenate(
        [
            np.column_stack([trunk_x - width, trunk_y]),
            np.column_stack([trunk_x + width, trunk_y])[::-1],
        ]
    )
    canvas.shape(trunk.ravel().tolist(), shaded(light.palm, 1.1))
    top = np.array([trunk_x[-1], crown])
    for k, angle in enumerate(np.radians([-168, -140, -112, -84, -58, -32, -8, 20, 160])):
        reach = 132 + 22 * (k * 7 % 3)
        tip_x, tip_y = reach * np.cos(angle), reach * 0.72 * np.sin(angle) + 52
        bow = np.column_stack([tip_x * u, tip_y * u**1.9 + 64 * np.sin(angle) * u * (1 - u)])
        thick = 15 * np.sin(np.pi * np.clip(u * 0.94 + 0.06, 0, 1)) ** 0.7
        notch = thick * (0.72 + 0.28 * np.cos(np.arange(12) * np.pi))
        leaf = np.concatenate(
            [bow - np.array([0.0, 4.0]), (bow + np.column_stack([0 * u, notch]))[::-1]]
        )
        canvas.shape((leaf + top).ravel().tolist(), shaded(light.palm, 1.0 + 0.06 * (k % 3)))


def bulbs() -> Floats:
    """Return the places of the string lights: (N, 2) pixels."""
    hung: list[tuple[float, float]] = []
    for x0, y0, x1, y1, sag in SWAGS:
        u = np.linspace(0.04, 0.96, 10)
        drop = y0 + (y1 - y0) * u + sag * 4 * u * (1 - u) * 0.75
        hung += list(zip((x0 + (x1 - x0) * u).tolist(), drop.tolist(), strict=True))
    return np.array(hung)


def draw_strings(canvas: Canvas, light: Light) -> None:
    """Add the cords and the bulbs on them."""
    for x0, y0, x1, y1, sag in SWAGS:
        u = np.linspace(0, 1, 40)
        cord = np.column_stack([x0 + (x1 - x0) * u, y0 + (y1 - y0) * u + sag * 3 * u * (1 - u)])
        line = np.concatenate([cord, cord[::-1] + np.array([0.0, 1.6])])
        canvas.shape(line.ravel().tolist(), shaded(light.palm, 0.7))
    for spot in bulbs():
        canvas.shape(
            ball(spot[None] + np.array([0.0, 9.0]), np.array([6.0]), 1.15, 14)[0].ravel().tolist(),
            (*light.bulb, 255),
        )


def glow(picture: Floats, centre: tuple[float, float], radius: float, colour: Floats) -> None:
    """Add a soft light (a Gaussian of `radius` pixels) to a picture, in place."""
    x, y = centre
    left, right = max(0, int(x - 3 * radius)), min(WIDTH, int(x + 3 * radius))
    top, bottom = max(0, int(y - 3 * radius)), min(HEIGHT, int(y + 3 * radius))
    if left >= right or top >= bottom:
        return
    rows, columns = np.mgrid[top:bottom, left:right]
    fall = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * (radius / 1.4) ** 2))
    picture[top:bottom, left:right] += fall[..., None] * colour


def lighten(picture: Floats, light: Light) -> None:
    """Add the glow of bulbs, of the low sun or the stage beams, and darken the corners."""
    for x, y in bulbs():
        glow(picture, (x, y + 9), 26.0, np.array(light.bulb) * 0.34)
        glow(picture, (x, y + 9), 90.0, np.array(light.bulb) * 0.045)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    if light.beams:
        for x0, slant, tint in ((140, 0.62, (90, 40, 120)), (1140, -0.62, (120, 40, 90))):
            for spread in (0.0, 0.32):
                middle = x0 + rows * slant * (1 + spread) - 60 * spread
                beam = np.exp(-(((columns - middle) / (26 + rows * 0.10)) ** 2))
                picture += (beam * np.clip(1 - rows / 760, 0, 1))[..., None] * np.array(tint) * 0.5
    glow(picture, (WIDTH / 2, 380.0), 330.0, np.array(light.glow) * 0.20)
    away = ((columns - WIDTH / 2) / 760) ** 2 + ((rows - 380) / 520) ** 2
    picture *= (1 - 0.42 * np.clip(away - 0.25, 0, 1))[..., None]


@cache
def stage(style: Style) -> Picture:
    """Return the empty stage (HEIGHT, WIDTH, 3) RGB in a style's light; callers
    must not change it.
    """
    light = LIGHTS[style]
    canvas = Canvas(ground(light))
    if light.sun[2]:
        x, y, radius = light.sun
        for part, alpha in ((1.9, 26), (1.4, 44), (1.0, 235)):
            halo = ball(np.array([[x, y]]), np.array([radius * part]), 1.0, 40)[0]
            canvas.shape(halo.ravel().tolist(), (255, 232, 196, alpha))
    for palm in PALMS:
        draw_palm(canvas, light, palm)
    draw_wall(canvas, light)
    draw_floor(canvas, light)
    draw_strings(canvas, light)
    picture = canvas.picture((0, 0, WIDTH, HEIGHT)).astype(float)
    lighten(picture, light)
    finished = np.clip(picture, 0, 255).astype(np.uint8)
    finished.flags.writeable = False
    return finished
