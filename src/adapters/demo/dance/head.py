"""Heads: skull, jaw, features that turn with the face, and the cap of hair."""

from dataclasses import dataclass

import numpy as np

from adapters.demo.dance.camera import DISTANCE, EYE, project, scale
from adapters.demo.dance.curves import Floats, unit
from adapters.demo.dance.outline import Profile, ball, limb, profile
from adapters.demo.dance.palette import BLUSH, EYE_DARK, EYE_WHITE, Cloth
from adapters.demo.dance.sheet import Colour, Sheet
from adapters.demo.dance.trunk import Trunk

SKULL = (0.0, 0.028, -0.010)
SKULL_RADIUS = 0.094
ROUND = np.linspace(0, 2 * np.pi, 12, endpoint=False)
HAIRLINE_AT = (0.0, 48.0, 68.0, 86.0, 104.0, 140.0, 180.0)


@dataclass(frozen=True, slots=True)
class Look:
    """The properties of a face: its colours, its hairline and its shape.

    `hairline` gives the hair's lower edge, in degrees above the skull's equator, at the angles
    HAIRLINE_AT from the face.
    """

    skin: Cloth
    hair: Cloth
    lips: Colour
    hairline: tuple[float, ...]
    volume: float
    jaw: float
    chin: float
    brow: float
    lash: float
    mouth: float
    blush: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A head as the camera sees it: its trunk, pixels per metre, and the
    direction to the viewer.
    """

    trunk: Trunk
    near: Floats
    zoom: Floats
    viewer: Floats

    def point(self, left: float, up: float, ahead: float) -> Floats:
        """The pixel (T, 2) of a point of the head, in metres from its middle."""
        return project(self.trunk.head.at(self.trunk.joints["head"], left, up, ahead))

    def decal(self, points: Floats) -> Floats:
        """The pixels (T, M, 2) of points (M, 3) of the head."""
        head = self.trunk.head
        axes = np.stack([head.left, head.up, head.ahead], axis=1)
        return project(self.trunk.joints["head"][:, None] + np.einsum("mk,tkd->tmd", points, axes))

    def faces(self, degrees: float) -> Floats:
        """Return the cosine (T,) between the viewer and the head's side at
        `degrees` to its left.
        """
        turn = np.radians(degrees)
        head = self.trunk.head
        return np.sum((head.ahead * np.cos(turn) + head.left * np.sin(turn)) * self.viewer, axis=1)


def view_of(trunk: Trunk) -> Seen:
    """Return a dancer's head as the camera sees it."""
    head = trunk.joints["head"]
    return Seen(trunk, head[:, 2] + 0.06, scale(head), unit(np.array([0.0, EYE, DISTANCE]) - head))


def cap(view: Seen, look: Look, behind: bool, size: float) -> Floats:
    """The outline (T, M, 2) of the hair's front or back half as seen by the viewer."""
    head = view.trunk.head
    facing = np.arctan2(
        np.sum(head.left * view.viewer, axis=1), np.sum(head.ahead * view.viewer, axis=1)
    )
    sweep = np.linspace(-np.pi / 2, np.pi / 2, 15) + (np.pi if behind else 0.0)
    azimuth = facing[:, None] + sweep
    away: Floats = np.degrees(np.arccos(np.cos(azimuth)))
    lowest: Floats = np.interp(away, HAIRLINE_AT, look.hairline)
    edge = np.radians(lowest)
    rise = np.linspace(0, 1, 8)[1:]
    right = edge[:, -1:] + (np.pi / 2 - edge[:, -1:]) * rise
    left = edge[:, :1] + (np.pi / 2 - edge[:, :1]) * rise[::-1]
    around = np.hstack([azimuth, np.repeat(azimuth[:, -1:], 7, 1), np.repeat(azimuth[:, :1], 7, 1)])
    high = np.hstack([edge, right, left])
    radius = SKULL_RADIUS * look.volume * size
    local = np.stack(
        [
            radius * np.sin(around) * np.cos(high) + SKULL[0],
            1.04 * radius * np.sin(high) + SKULL[1],
            1.05 * radius * np.cos(around) * np.cos(high) + SKULL[2],
        ],
        axis=-1,
    )
    axes = np.stack([head.left, head.up, head.ahead], axis=1)
    return project(view.trunk.joints["head"][:, None] + np.einsum("tmk,tkd->tmd", local, axes))


def disc(left: float, up: float, ahead: float, wide: float, high: float) -> Floats:
    """An upright oval (M, 3) on the face, bent around it."""
    x = left + wide * np.cos(ROUND)
    bent = ahead - 1.6 * (x * x - left * left) - 0.25 * np.abs(left) * np.sign(left) * (x - left)
    return np.stack([x, up + high * np.sin(ROUND), bent], axis=1)


def stroke(points: list[tuple[float, float, float]], thick: float) -> Floats:
    """A line (M, 3) of points, thick in the middle and pointed at its ends."""
    line = np.array(points)
    swell = np.sin(np.linspace(0.12, np.pi - 0.12, len(line)))[:, None] * thick / 2
    up = np.array([0.0, 1.0, 0.0])
    return np.vstack([line + swell * up, (line - swell * up)[::-1]])


def draw_skull(sheet: Sheet, view: Seen, look: Look) -> None:
    """Add skull and jaw, the shade first and then the lit side."""
    level = np.zeros_like(view.point(0, 0, 0))
    skull, jaw, chin = view.point(*SKULL), view.point(0, -0.046, 0.020), view.point(0, -0.09, 0.046)
    upper = profile((0.0, SKULL_RADIUS * 0.97, 0.0), (1.0, look.jaw, 0.0), caps=7)
    lower = profile((0.0, look.jaw, 0.0), (1.0, look.chin, 0.0), caps=5)
    for cloth, keep, shift in ((look.skin.shade, 1.0, 0.0), (look.skin.light, 0.87, 0.010)):
        move = np.array([-0.9, -0.35]) * (shift * view.zoom)[:, None]
        for ends, shape in (((skull, jaw), upper), ((jaw, chin), lower)):
            inner = Profile(shape.along, shape.past * keep, shape.wide * keep, shape.bulge)
            sheet.add(
                limb(ends[0] + move, ends[1] + move, view.zoom, inner, level), cloth, view.near
            )


def draw_nose(sheet: Sheet, view: Seen, look: Look) -> None:
    """Add the nose: it stands out in profile and is a soft shade from the front."""
    side = np.array(
        [(0.0, 0.016, 0.083), (0.0, -0.022, 0.112), (0.004, -0.033, 0.104), (0.0, -0.038, 0.082)]
    )
    mask = view.faces(0) > -0.25
    sheet.add(view.decal(side), look.skin.light, view.near, mask)
    wing = np.array(
        [
            (0.0, -0.022, 0.108),
            (0.0145, -0.032, 0.088),
            (0.0, -0.037, 0.094),
            (-0.0145, -0.032, 0.088),
        ]
    )
    sheet.add(view.decal(wing), (*look.skin.fold[:3], 110), view.near, view.faces(0) > 0.1)


def draw_eye(sheet: Sheet, view: Seen, look: Look, sign: float, closed: Floats) -> None:
    """Add one eye with its lid and brow; `closed` (T,) over a half shuts it."""
    x = sign * 0.034
    mask = (view.faces(sign * 30) > 0.30) & (view.faces(0) > 0.04)
    awake = mask & (closed < 0.5)
    sheet.add(view.decal(disc(x, 0.006, 0.074, 0.0165, 0.0095)), EYE_WHITE, view.near, awake)
    sheet.add(view.decal(disc(x, 0.006, 0.0755, 0.0080, 0.0088)), EYE_DARK, view.near, awake)
    lid = [(x - 0.018, 0.007, 0.073), (x - 0.008, 0.0155, 0.077), (x + 0.008, 0.0155, 0.077)]
    lid.append((x + 0.018, 0.007, 0.073))
    if look.lash > 0.004:
        lid[0 if sign < 0 else -1] = (x + sign * 0.024, 0.013, 0.068)
    sheet.add(view.decal(stroke(lid, look.lash)), EYE_DARK, view.near, awake)
    shut = [(x - 0.018, 0.004, 0.073), (x, -0.004, 0.077), (x + 0.018, 0.004, 0.073)]
    sheet.add(view.decal(stroke(shut, 0.006)), EYE_DARK, view.near, mask & (closed >= 0.5))
    brow = [
        (x - sign * 0.016, 0.0270, 0.080),
        (x, 0.0330, 0.080),
        (x + sign * 0.013, 0.0325, 0.074),
        (x + sign * 0.025, 0.0260, 0.065),
    ]
    sheet.add(view.decal(stroke(brow, look.brow)), look.hair.shade, view.near, mask)


def draw_mouth(sheet: Sheet, view: Seen, look: Look) -> None:
    """Add a smiling mouth and the warmth of the cheeks."""
    mask = view.faces(0) > -0.05
    wide = look.mouth
    smile = np.array(
        [
            (-wide, -0.058, 0.073),
            (-wide * 0.45, -0.0585, 0.084),
            (0.0, -0.0605, 0.087),
            (wide * 0.45, -0.0585, 0.084),
            (wide, -0.058, 0.073),
            (wide * 0.55, -0.069, 0.083),
            (0.0, -0.0735, 0.086),
            (-wide * 0.55, -0.069, 0.083),
        ]
    )
    sheet.add(view.decal(smile), look.lips, view.near, mask)
    teeth = np.array(
        [
            (-wide * 0.6, -0.0595, 0.083),
            (0.0, -0.0615, 0.088),
            (wide * 0.6, -0.0595, 0.083),
            (0.0, -0.0668, 0.088),
        ]
    )
    sheet.add(view.decal(teeth), EYE_WHITE, view.near, view.faces(0) > 0.15)
    if look.blush:
        for sign in (1.0, -1.0):
            cheek = disc(sign * 0.047, -0.030, 0.074, 0.017, 0.011)
            sheet.add(view.decal(cheek), BLUSH, view.near, view.faces(sign * 30) > 0.2)


def draw_ear(sheet: Sheet, view: Seen, look: Look, sign: float) -> None:
    """Add the ear on one side where it shows."""
    spot = view.point(sign * 0.090, -0.008, -0.008)
    mask = view.faces(sign * 90) > -0.35
    sheet.add(ball(spot, 0.019 * view.zoom, 1.35, 12), look.skin.shade, view.near, mask)
    sheet.add(ball(spot, 0.012 * view.zoom, 1.35, 12), look.skin.light, view.near, mask)


def draw_head(sheet: Sheet, view: Seen, look: Look, closed: Floats, ears: bool) -> None:
    """Add a whole head, from the hair behind to the hair before."""
    sheet.add(cap(view, look, behind=True, size=1.0), look.hair.shade, view.near)
    draw_skull(sheet, view, look)
    draw_mouth(sheet, view, look)
    for sign in (1.0, -1.0):
        draw_eye(sheet, view, look, sign, closed)
    draw_nose(sheet, view, look)
    sheet.add(cap(view, look, behind=False, size=1.0), look.hair.shade, view.near)
    gloss = cap(view, look, behind=False, size=0.95)
    middle = view.point(0.0, 0.115, -0.02)[:, None]
    lamp = np.array([-0.016, -0.002]) * view.zoom[:, None]
    sheet.add(middle + (gloss - middle) * 0.55 + lamp[:, None], look.hair.light, view.near)
    if ears:
        for sign in (1.0, -1.0):
            draw_ear(sheet, view, look, sign)
