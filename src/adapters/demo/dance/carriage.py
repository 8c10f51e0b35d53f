"""The posture of a body above its feet: the hips of the basic step and the
gestures of the trunk.
"""

from dataclasses import dataclass

import numpy as np

from adapters.demo.dance.curves import Floats, accent, hop, smooth, window
from adapters.demo.dance.footwork import weight
from adapters.demo.dance.score import Flourish, Part, Role

LOW, MID, HIGH, HEAD = range(4)


@dataclass(slots=True)
class Carriage:
    """Offsets (T,) of a trunk from standing straight: metres, and radians left or forward.

    `lean` (4, T, 2) holds each trunk bone's own angle from upright, to the left and forward, from
    the small of the back to the head.
    """

    hip_side: Floats
    hip_ahead: Floats
    drop: Floats
    roll: Floats
    twist: Floats
    lean: Floats


def tap_accent(part: Part, t: Floats) -> Floats:
    """The hip's answer (T,) to each tap: +1 at the height of a left tap, -1 of a right one."""
    total = np.zeros_like(t)
    for step in part.steps:
        if step.tap:
            total += (1.0 if step.side == "left" else -1.0) * accent(t, step.beat + 0.06, 0.4, 0.62)
    return total


def basic_carriage(part: Part, t: Floats, role: Role) -> Carriage:
    """Return the posture of the basic: hips over the standing leg, a pop on the
    tap, opposite ribs.
    """
    grace = 1.0 if role == "follower" else 0.72
    sway = (2.0 * weight(part, t) - 1.0) * grace
    pop = tap_accent(part, t) * grace
    pulse = np.cos(2 * np.pi * t)
    lean = np.zeros((4, len(t), 2))
    lean[LOW, :, 0] = -0.17 * sway - 0.10 * pop
    lean[MID, :, 0] = -0.03 * sway + 0.03 * pop
    lean[HIGH, :, 0] = 0.07 * sway + 0.06 * pop
    lean[HEAD, :, 0] = 0.05 * sway
    lean[LOW, :, 1] = 0.05 if role == "leader" else -0.04
    lean[MID, :, 1] = 0.02 + 0.02 * pulse
    lean[HIGH, :, 1] = 0.07 if role == "leader" else 0.02
    lean[HEAD, :, 1] = 0.10
    return Carriage(
        hip_side=0.05 * sway + 0.035 * pop,
        hip_ahead=0.012 * np.sin(2 * np.pi * t),
        drop=0.022 + 0.012 * pulse + 0.012 * np.abs(pop),
        roll=0.12 * sway + 0.27 * pop,
        twist=-0.10 * sway,
        lean=lean,
    )


def gesture(c: Carriage, f: Flourish, t: Floats) -> None:
    """Add one gesture to a carriage."""
    u = (t - f.start) / f.beats
    on = f.amount * window(t, f.start, f.start + f.beats, min(1.0, f.beats / 2))
    turn = 2 * np.pi * (t - f.start) / 2
    match f.gesture:
        case "wave":
            body_wave(c, u, f)
        case "hip circles":
            c.hip_side += 0.085 * on * np.cos(turn)
            c.hip_ahead += 0.07 * on * np.sin(turn)
            c.drop += 0.04 * on
            c.lean[LOW, :, 0] -= 0.24 * on * np.cos(turn)
            c.lean[LOW, :, 1] -= 0.22 * on * np.sin(turn)
            c.lean[HIGH, :, 0] += 0.08 * on * np.cos(turn)
        case "hip rolls":
            c.roll += 0.20 * on * np.sin(turn)
            c.hip_side += 0.06 * on * np.sin(turn)
            c.hip_ahead += 0.045 * on * np.sin(2 * turn)
            c.drop += (0.04 + 0.02 * np.cos(2 * turn)) * on
            c.lean[LOW, :, 0] -= 0.28 * on * np.sin(turn)
            c.lean[HIGH, :, 0] += 0.10 * on * np.sin(turn)
        case "head roll":
            circle = 2 * np.pi * np.clip(u, 0.0, 1.0)
            strength = f.amount * hop(np.clip(u, 0, 1)) ** 0.5
            for bone, share in ((MID, 0.16), (HIGH, 0.34), (HEAD, 0.75)):
                c.lean[bone, :, 0] += share * strength * np.sin(circle)
                # The hips move less forward than back, because the partner is in front.
                c.lean[bone, :, 1] -= share * strength * (0.35 + 0.65 * np.cos(circle))
        case "dip back":
            c.lean[:, :, 1] -= np.array([0.45, 0.78, 1.0, 1.35])[:, None] * on
            c.hip_ahead += 0.10 * on
            c.drop += 0.15 * on
        case "dip side":
            c.lean[:, :, 0] -= np.array([0.35, 0.60, 0.78, 0.9])[:, None] * on
            c.lean[:, :, 1] -= np.array([0.05, 0.10, 0.18, 0.3])[:, None] * on
            c.drop += 0.12 * on
        case "support":
            c.lean[:, :, 1] += np.array([0.20, 0.28, 0.30, 0.34])[:, None] * on
            c.drop += 0.13 * on
        case "hit":
            struck = f.amount * accent(t, f.start, 0.3, f.beats)
            c.roll += 0.18 * struck
            c.hip_side += 0.07 * struck
            c.drop += 0.045 * np.abs(struck)
            c.lean[HIGH, :, 1] -= 0.12 * np.abs(struck)
            c.lean[LOW, :, 0] -= 0.22 * struck
        case "lean in":
            c.lean[:, :, 1] += np.array([0.04, 0.06, 0.08, 0.16])[:, None] * on
        case "sink":
            c.drop += 0.10 * on * (0.6 - 0.4 * np.cos(turn / 2))


def body_wave(c: Carriage, u: Floats, f: Flourish) -> None:
    """A wave that starts at the head and runs down to the hips and the knees."""
    for bone, late, size in ((HEAD, 0.0, 0.24), (HIGH, 0.07, 0.30), (MID, 0.17, 0.34)):
        v = np.clip((u - late) / 0.72, 0.0, 1.0)
        c.lean[bone, :, 1] -= f.amount * size * np.sin(2 * np.pi * v) * smooth(4 * (1 - v))
    v = np.clip((u - 0.26) / 0.74, 0.0, 1.0)
    roll = f.amount * np.sin(2 * np.pi * v) * smooth(4 * v) * smooth(4 * (1 - v))
    c.lean[LOW, :, 1] -= 0.34 * roll
    c.hip_ahead += 0.11 * roll
    c.drop += 0.085 * f.amount * hop(v)


def carriage(part: Part, flourishes: tuple[Flourish, ...], t: Floats, role: Role) -> Carriage:
    """The carriage of one dancer at beats `t` with all the figure's gestures."""
    carried = basic_carriage(part, t, role)
    for flourish in flourishes:
        if flourish.role == role:
            gesture(carried, flourish, t)
    return carried
