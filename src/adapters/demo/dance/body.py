"""Limbs and torsos as every dancer has them, lit from the upper left."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adapters.demo.dance.camera import project, scale
from adapters.demo.dance.curves import Floats
from adapters.demo.dance.outline import Profile, limb, rounded
from adapters.demo.dance.palette import Cloth
from adapters.demo.dance.sheet import Colour, Sheet
from adapters.demo.dance.trunk import Frame, Trunk

LAMP = np.array([-0.78, -0.62])


@dataclass(frozen=True, slots=True)
class Ring:
    """A cross-section of the torso: `up` metres over a joint, half `wide`, `front` and `back`."""

    joint: str
    up: float
    wide: float
    front: float
    back: float


def flat(direction: Floats) -> Floats:
    """Return the directions (T, 3) projected onto the frame (T, 2), y down."""
    return np.stack([direction[:, 0], -direction[:, 1]], axis=1)


@dataclass(frozen=True, slots=True)
class Limb:
    """One drawn bone: its two joints (T, 3) and its outline."""

    start: Floats
    end: Floats
    shape: Profile


def draw_chain(
    sheet: Sheet, limbs: tuple[Limb, ...], cloth: Cloth, ahead: Floats, near: Floats
) -> None:
    """Add limbs of one cloth: first all shaded sides and then all lit sides, so that the joints
    between them do not show.
    """
    back = -flat(ahead)
    ends = [
        (project(one.start), project(one.end), scale((one.start + one.end) / 2)) for one in limbs
    ]
    for one, (start, end, zoom) in zip(limbs, ends, strict=True):
        sheet.add(limb(start, end, zoom, one.shape, back), cloth.shade, near)
    for one, (start, end, zoom) in zip(limbs, ends, strict=True):
        shape = one.shape
        inner = Profile(shape.along, shape.past * 0.8, shape.wide * 0.74, shape.bulge * 0.9)
        shift = LAMP * (0.15 * float(np.abs(shape.wide).mean()) * zoom)[:, None]
        sheet.add(limb(start + shift, end + shift, zoom, inner, back), cloth.light, near)


def torso(trunk: Trunk, rings: tuple[Ring, ...], left: float = 1.0, right: float = 1.0) -> Floats:
    """The outline (T, M, 2) of a stack of rings; `left` and `right` narrow it on the picture's
    sides, to draw the part that is in the light.

    Each ring is an ellipse seen from the side: its half width in the picture is the root of the
    summed squares of its axes there, and the front and the back bulge differently.
    """
    one: list[Floats] = []
    other: list[Floats] = []
    for ring in rings:
        frame: Frame = trunk.pelvis if ring.joint in ("pelvis", "waist") else trunk.chest
        centre = trunk.joints[ring.joint] + frame.up * ring.up
        up, across, ahead = flat(frame.up), flat(frame.left), flat(frame.ahead)
        normal = np.stack([-up[:, 1], up[:, 0]], axis=1)
        normal = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 0.3)
        wide = ring.wide * np.sum(across * normal, axis=1)
        deep = np.sum(ahead * normal, axis=1)
        plus = np.hypot(wide, deep * np.where(deep > 0, ring.front, ring.back))
        minus = np.hypot(wide, deep * np.where(deep > 0, ring.back, ring.front))
        spot, zoom = project(centre), scale(centre)
        one.append(spot + normal * (right * plus * zoom)[:, None])
        other.append(spot - normal * (left * minus * zoom)[:, None])
    return rounded(np.stack([*one, *reversed(other)], axis=1))


def draw_torso(
    sheet: Sheet,
    trunk: Trunk,
    rings: tuple[Ring, ...],
    cloth: Cloth,
    near: Floats,
    left: float = 0.93,
    right: float = 0.5,
) -> None:
    """Add a torso: its shaded shape first, then its lit side; `left` and `right` scale the width of
    the lit side.
    """
    sheet.add(torso(trunk, rings), cloth.shade, near)
    sheet.add(torso(trunk, rings, left, right), cloth.light, near)


def draw_decal(
    sheet: Sheet,
    trunk: Trunk,
    points: Floats,
    colour: Colour,
    near: Floats,
    mask: NDArray[np.bool_],
) -> None:
    """Add a flat piece of clothing given by points (M, 3) from the neck in the chest's frame."""
    chest = trunk.chest
    axes = np.stack([chest.left, chest.up, chest.ahead], axis=1)
    place = trunk.joints["neck"][:, None] + np.einsum("mk,tkd->tmd", points, axes)
    sheet.add(project(place), colour, near, mask)


def core(trunk: Trunk) -> Floats:
    """Return the distance (T,) of a dancer's body towards the viewer, in metres."""
    return trunk.joints["chest"][:, 2]


def bone(trunk: Trunk, one: str, two: str, shape: Profile) -> Limb:
    """A limb between two named joints."""
    return Limb(trunk.joints[one], trunk.joints[two], shape)


def arm_nearness(trunk: Trunk, side: str) -> Floats:
    """Return the distance (T,) of an arm towards the viewer in metres, weighted
    towards the hand.
    """
    shoulder, elbow, hand = (
        trunk.joints[f"{side}_{joint}"][:, 2] for joint in ("shoulder", "elbow", "hand")
    )
    return 0.2 * shoulder + 0.4 * elbow + 0.4 * hand + 0.03
