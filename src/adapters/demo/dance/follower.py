"""The follower drawn: a red dress that swings, heels, and long hair with a flower."""

import numpy as np

from adapters.demo.dance.body import (
    Limb,
    Ring,
    arm_nearness,
    bone,
    core,
    draw_chain,
    draw_torso,
    torso,
)
from adapters.demo.dance.curves import Floats
from adapters.demo.dance.hair import draw_locks
from adapters.demo.dance.head import Look, Seen, draw_head, view_of
from adapters.demo.dance.outline import ball, profile
from adapters.demo.dance.palette import (
    DRESS,
    FLOWER,
    FLOWER_HEART,
    GOLD,
    HER_HAIR,
    HER_LIPS,
    HER_SHOE,
    HER_SKIN,
)
from adapters.demo.dance.sheet import Sheet
from adapters.demo.dance.skirt import draw_lining, draw_skirt
from adapters.demo.dance.trunk import Trunk

FACE = Look(
    skin=HER_SKIN,
    hair=HER_HAIR,
    lips=HER_LIPS,
    hairline=(46.0, 34.0, 14.0, -10.0, -22.0, -46.0, -54.0),
    volume=1.12,
    jaw=0.062,
    chin=0.031,
    brow=0.0065,
    lash=0.0065,
    mouth=0.0235,
    blush=True,
)
THIGH = profile((0.4, 0.074, 0.0), (0.8, 0.056, 0.0), (1.0, 0.050, 0.0))
SHIN = profile((0.0, 0.050, 0.0), (0.3, 0.052, 0.020), (0.65, 0.038, 0.008), (1.0, 0.027, 0.0))
ARCH = profile((-0.05, 0.026, 0.0), (0.55, 0.023, 0.0), (1.0, 0.022, 0.0))
TOE = profile((-0.25, 0.020, 0.0), (0.2, 0.020, 0.0), (1.0, 0.011, 0.0))
STRAP = profile((0.02, 0.029, 0.0), (0.10, 0.028, 0.0), caps=1)
HEEL = profile((0.0, 0.024, 0.0), (0.25, 0.014, 0.0), (1.0, 0.008, 0.0), caps=2)
UPPER_ARM = profile((0.0, 0.046, 0.0), (0.35, 0.044, 0.0), (1.0, 0.033, 0.0))
FOREARM = profile((0.0, 0.033, 0.0), (0.3, 0.035, 0.0), (0.82, 0.020, 0.0))
BANGLE = profile((0.75, 0.0255, 0.0), (0.80, 0.0245, 0.0), caps=0)
HAND = profile((0.80, 0.020, 0.0), (0.92, 0.029, 0.0), (1.08, 0.017, 0.0))
NECK = profile((0.0, 0.046, 0.0), (0.62, 0.040, 0.0))
SKIN_TORSO = (
    Ring("chest", 0.0, 0.128, 0.090, 0.088),
    Ring("neck", -0.07, 0.150, 0.080, 0.086),
    Ring("neck", -0.022, 0.138, 0.056, 0.062),
    Ring("neck", 0.018, 0.058, 0.045, 0.046),
)
BODICE = (
    Ring("pelvis", 0.10, 0.116, 0.086, 0.090),
    Ring("waist", 0.02, 0.106, 0.080, 0.076),
    Ring("chest", -0.07, 0.114, 0.092, 0.080),
    Ring("chest", 0.00, 0.134, 0.126, 0.090),
    Ring("chest", 0.055, 0.134, 0.118, 0.086),
    Ring("chest", 0.085, 0.112, 0.086, 0.078),
)

SASH = (Ring("pelvis", 0.088, 0.124, 0.093, 0.096), Ring("waist", -0.010, 0.115, 0.087, 0.084))


def draw_legs(sheet: Sheet, trunk: Trunk, near: Floats) -> None:
    """Add both bare legs with their sandals, the farther first."""
    for side in ("left", "right"):
        towards = trunk.joints[f"{side}_hip"][:, 2] - trunk.joints["pelvis"][:, 2]
        draw_leg(sheet, trunk, side, near - 0.03 + 0.01 * np.sign(towards))


def draw_leg(sheet: Sheet, trunk: Trunk, side: str, near: Floats) -> None:
    """Add one bare leg with its high-heeled sandal."""
    ahead = trunk.pelvis.ahead
    ankle, ball_of_foot = trunk.joints[f"{side}_ankle"], trunk.joints[f"{side}_ball"]
    forward = (ball_of_foot - ankle) * np.array([1.0, 0.0, 1.0])
    heel = ankle - 0.25 * forward - np.array([0.0, 0.018, 0.0])
    tip = heel - 0.12 * forward
    tip[:, 1] = np.maximum(heel[:, 1] - 0.092, 0.004)
    arch = bone(trunk, f"{side}_ankle", f"{side}_ball", ARCH)
    leg = (
        bone(trunk, f"{side}_hip", f"{side}_knee", THIGH),
        bone(trunk, f"{side}_knee", f"{side}_ankle", SHIN),
    )
    draw_chain(sheet, (Limb(heel, tip, HEEL),), HER_SHOE, ahead, near)
    draw_chain(sheet, (*leg, arch), HER_SKIN, ahead, near)
    toe = bone(trunk, f"{side}_ball", f"{side}_toe", TOE)
    draw_chain(sheet, (toe, Limb(ankle, ball_of_foot, STRAP)), HER_SHOE, ahead, near)


def draw_arm(sheet: Sheet, trunk: Trunk, side: str) -> None:
    """Add one bare arm with its hand and bangle."""
    ahead, near = trunk.chest.ahead, arm_nearness(trunk, side)
    fore, hand = f"{side}_elbow", f"{side}_hand"
    arm = (
        bone(trunk, f"{side}_shoulder", fore, UPPER_ARM),
        bone(trunk, fore, hand, FOREARM),
    )
    palm = np.maximum(near, trunk.joints[hand][:, 2] + 0.05)
    draw_chain(sheet, arm, HER_SKIN, ahead, near)
    draw_chain(sheet, (bone(trunk, fore, hand, HAND),), HER_SKIN, ahead, palm)
    draw_chain(sheet, (bone(trunk, fore, hand, BANGLE),), HER_SHOE, ahead, palm)


def draw_jewels(sheet: Sheet, view: Seen) -> None:
    """Add earrings and the flower behind her left ear."""
    for sign in (1.0, -1.0):
        ring = view.point(sign * 0.094, -0.052, -0.004)
        mask = (view.faces(sign * 90) > -0.3) & (view.faces(0) > -0.6)
        sheet.add(ball(ring, 0.011 * view.zoom, 1.3, 10), GOLD, view.near, mask)
    mask = view.faces(70) > -0.15
    middle = view.point(0.100, 0.050, 0.012)
    for turn in range(5):
        angle = turn * 2 * np.pi / 5
        spot = middle + 0.021 * view.zoom[:, None] * np.array([np.cos(angle), np.sin(angle)])
        sheet.add(ball(spot, 0.018 * view.zoom, 1.0, 10), FLOWER, view.near + 0.002, mask)
    sheet.add(ball(middle, 0.012 * view.zoom, 1.0, 10), FLOWER_HEART, view.near + 0.002, mask)


def draw_follower(sheet: Sheet, trunk: Trunk, echoes: tuple[Trunk, ...], closed: Floats) -> None:
    """Add the whole follower to a sheet.

    `echoes` are her trunks at earlier moments, which skirt and hair follow; `closed` (T,) shuts her
    eyes.
    """
    near = core(trunk)
    draw_lining(sheet, trunk, echoes, near - 0.045)
    draw_legs(sheet, trunk, near)
    draw_skirt(sheet, trunk, echoes, near - 0.012)
    draw_torso(sheet, trunk, SKIN_TORSO, HER_SKIN, near - 0.002)
    draw_torso(sheet, trunk, BODICE, DRESS, near)
    sheet.add(torso(trunk, SASH), DRESS.fold, near)
    view = view_of(trunk)
    neck = bone(trunk, "neck", "head", NECK)
    draw_chain(sheet, (neck,), HER_SKIN, trunk.chest.ahead, near - 0.001)
    draw_locks(sheet, view, echoes)
    draw_head(sheet, view, FACE, closed, ears=False)
    draw_jewels(sheet, view)
    for side in ("left", "right"):
        draw_arm(sheet, trunk, side)
