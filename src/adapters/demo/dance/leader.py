"""The leader drawn: a light shirt with rolled sleeves, dark trousers and shoes."""

import numpy as np

from adapters.demo.dance.body import (
    Ring,
    arm_nearness,
    bone,
    core,
    draw_chain,
    draw_decal,
    draw_torso,
)
from adapters.demo.dance.curves import Floats
from adapters.demo.dance.head import Look, draw_head, view_of
from adapters.demo.dance.outline import profile
from adapters.demo.dance.palette import (
    BELT,
    HIS_HAIR,
    HIS_LIPS,
    HIS_SHOE,
    HIS_SKIN,
    SHIRT,
    TROUSERS,
)
from adapters.demo.dance.sheet import Sheet
from adapters.demo.dance.trunk import Trunk

FACE = Look(
    skin=HIS_SKIN,
    hair=HIS_HAIR,
    lips=HIS_LIPS,
    hairline=(37.0, 33.0, 12.0, -24.0, -16.0, -44.0, -52.0),
    volume=1.10,
    jaw=0.071,
    chin=0.040,
    brow=0.010,
    lash=0.004,
    mouth=0.025,
    blush=False,
)
THIGH = profile((0.0, 0.083, 0.0), (0.4, 0.085, 0.0), (0.75, 0.072, 0.0), (1.0, 0.064, 0.0))
SHIN = profile((0.0, 0.066, 0.0), (0.3, 0.068, 0.014), (0.7, 0.062, 0.004), (1.02, 0.058, 0.0))
SHOE = profile((-0.35, 0.040, 0.0), (0.5, 0.041, 0.0), (1.0, 0.030, 0.0))
TOE = profile((0.0, 0.032, 0.0), (0.75, 0.026, 0.0))
SLEEVE = profile((0.0, 0.068, 0.0), (0.4, 0.062, 0.0), (1.0, 0.050, 0.0))
CUFF = profile((0.0, 0.050, 0.0), (0.16, 0.047, 0.0), caps=2)
FOREARM = profile((0.0, 0.041, 0.0), (0.3, 0.043, 0.0), (0.82, 0.026, 0.0))
HAND = profile((0.80, 0.026, 0.0), (0.93, 0.036, 0.0), (1.06, 0.026, 0.0))
NECK = profile((0.0, 0.055, 0.0), (0.62, 0.052, 0.0))
SEAT = (
    Ring("pelvis", -0.13, 0.115, 0.085, 0.095),
    Ring("pelvis", -0.06, 0.166, 0.105, 0.128),
    Ring("pelvis", 0.03, 0.160, 0.108, 0.120),
    Ring("pelvis", 0.09, 0.142, 0.104, 0.104),
)
BAND = (Ring("pelvis", 0.062, 0.152, 0.110, 0.112), Ring("pelvis", 0.098, 0.148, 0.110, 0.108))
TORSO = (
    Ring("pelvis", 0.085, 0.146, 0.106, 0.106),
    Ring("waist", 0.02, 0.150, 0.108, 0.100),
    Ring("chest", -0.04, 0.172, 0.122, 0.112),
    Ring("chest", 0.05, 0.190, 0.132, 0.122),
    Ring("neck", -0.07, 0.200, 0.105, 0.110),
    Ring("neck", -0.012, 0.165, 0.070, 0.078),
    Ring("neck", 0.022, 0.075, 0.056, 0.058),
)
OPENING = np.array(
    [
        (0.055, 0.012, 0.060),
        (0.030, -0.045, 0.104),
        (0.0, -0.120, 0.128),
        (-0.030, -0.045, 0.104),
        (-0.055, 0.012, 0.060),
        (0.0, 0.02, 0.050),
    ]
)
LAPELS = tuple(
    np.array([(s * 0.060, 0.030, 0.050), (s * 0.070, -0.055, 0.105), (s * 0.012, -0.100, 0.128)])
    for s in (1.0, -1.0)
)
PLACKET = np.array(
    [(0.004, -0.115, 0.130), (-0.004, -0.115, 0.130), (-0.004, -0.40, 0.112), (0.004, -0.40, 0.112)]
)


def draw_legs(sheet: Sheet, trunk: Trunk, near: Floats) -> None:
    """Add both legs with their shoes, the farther first, and the seat of the trousers."""
    ahead = trunk.pelvis.ahead
    draw_torso(sheet, trunk, SEAT, TROUSERS, near - 0.05, 0.9, 0.6)
    for side in ("left", "right"):
        towards = trunk.joints[f"{side}_hip"][:, 2] - trunk.joints["pelvis"][:, 2]
        order = near - 0.03 + 0.01 * np.sign(towards)
        foot = (
            bone(trunk, f"{side}_ankle", f"{side}_ball", SHOE),
            bone(trunk, f"{side}_ball", f"{side}_toe", TOE),
        )
        leg = (
            bone(trunk, f"{side}_hip", f"{side}_knee", THIGH),
            bone(trunk, f"{side}_knee", f"{side}_ankle", SHIN),
        )
        draw_chain(sheet, foot, HIS_SHOE, ahead, order)
        draw_chain(sheet, leg, TROUSERS, ahead, order)


def draw_arm(sheet: Sheet, trunk: Trunk, side: str) -> None:
    """Add one arm: forearm, rolled sleeve and hand."""
    ahead, near = trunk.chest.ahead, arm_nearness(trunk, side)
    fore, hand = f"{side}_elbow", f"{side}_hand"
    sleeve = (bone(trunk, f"{side}_shoulder", fore, SLEEVE), bone(trunk, fore, hand, CUFF))
    draw_chain(sheet, (bone(trunk, fore, hand, FOREARM),), HIS_SKIN, ahead, near)
    draw_chain(sheet, sleeve, SHIRT, ahead, near)
    palm = np.maximum(near, trunk.joints[hand][:, 2] + 0.05)
    draw_chain(sheet, (bone(trunk, fore, hand, HAND),), HIS_SKIN, ahead, palm)


def draw_shirt(sheet: Sheet, trunk: Trunk, near: Floats) -> None:
    """Add the shirt with its open collar, the neck and the belt."""
    draw_torso(sheet, trunk, TORSO, SHIRT, near)
    draw_torso(sheet, trunk, BAND, BELT, near)
    open_front = trunk.chest.ahead[:, 2] > 0.12
    draw_decal(sheet, trunk, PLACKET, SHIRT.shade, near, open_front)
    draw_decal(sheet, trunk, OPENING, HIS_SKIN.shade, near, open_front)
    draw_chain(sheet, (bone(trunk, "neck", "head", NECK),), HIS_SKIN, trunk.chest.ahead, near)
    for lapel in LAPELS:
        draw_decal(sheet, trunk, lapel, SHIRT.fold, near, open_front)
        draw_decal(sheet, trunk, lapel * (1.0, 0.94, 1.02), SHIRT.light, near, open_front)


def draw_leader(sheet: Sheet, trunk: Trunk, closed: Floats) -> None:
    """Add the whole leader to a sheet; `closed` (T,) shuts his eyes."""
    near = core(trunk)
    draw_legs(sheet, trunk, near)
    draw_shirt(sheet, trunk, near)
    draw_head(sheet, view_of(trunk), FACE, closed, ears=True)
    for side in ("left", "right"):
        draw_arm(sheet, trunk, side)
