"""The target places of the four hands in each hold, and the pairs of hands that are joined."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from adapters.demo.dance.curves import Floats
from adapters.demo.dance.score import Hold, Role, Side
from adapters.demo.dance.trunk import UP, Trunk

Hand: TypeAlias = tuple[Role, Side]
Pair: TypeAlias = tuple[Hand, Hand]
Goals: TypeAlias = dict[Hand, Floats]

L_LEFT: Hand = ("leader", "left")
L_RIGHT: Hand = ("leader", "right")
F_LEFT: Hand = ("follower", "left")
F_RIGHT: Hand = ("follower", "right")


@dataclass(frozen=True, slots=True)
class Couple:
    """Both trunks at the same beats `t`, their midpoint, and the leader's left."""

    leader: Trunk
    follower: Trunk
    t: Floats
    middle: Floats
    left: Floats


def couple(leader: Trunk, follower: Trunk, t: Floats) -> Couple:
    """Combine two trunks into a couple; `left` is the leader's left if they face each other."""
    middle = (leader.joints["chest"] + follower.joints["chest"]) / 2
    way = follower.joints["chest"] - leader.joints["chest"]
    way = way / np.maximum(np.hypot(way[:, 0:1], way[:, 2:3]), 0.2)
    left = np.column_stack([way[:, 2], np.zeros_like(t), -way[:, 0]])
    return Couple(leader, follower, t, middle, left)


def lift(c: Couple, height: float) -> Floats:
    """Return the couple's midpoint at `height` metres, moving slightly with the beat."""
    point = c.middle.copy()
    point[:, 1] = height + 0.018 * np.sin(2 * np.pi * c.t + 0.6)
    return point


def resting(trunk: Trunk, side: Side, t: Floats) -> Floats:
    """Return a free hand at the waist that moves with the steps."""
    sign = 1.0 if side == "left" else -1.0
    swing = np.sin(np.pi * t + (0.0 if side == "left" else np.pi))[:, None]
    point = trunk.chest.at(trunk.joints["waist"], sign * 0.23, 0.04, 0.24)
    return point + trunk.chest.ahead * 0.05 * swing + UP * 0.02 * swing


def raised(trunk: Trunk, c: Couple) -> Floats:
    """A point over a turning dancer's head, a little towards the middle of the couple."""
    point = trunk.joints["head"] * 0.72 + c.middle * 0.28
    point[:, 1] = trunk.joints["head"][:, 1] + 0.235
    return point


def side_of_hip(trunk: Trunk, sign: float, out: float, up: float, ahead: float) -> Floats:
    """A point by one side of the pelvis."""
    return trunk.pelvis.at(trunk.joints["pelvis"], sign * out, up, ahead)


def open_hold(c: Couple) -> Goals:
    """Both hands held between the two, at the waist."""
    hands = lift(c, 1.06)
    pull = 0.035 * np.sin(np.pi * c.t)[:, None] * np.cross(c.left, UP)
    one, two = hands + c.left * 0.21 + pull, hands - c.left * 0.21 - pull
    return {L_LEFT: one, F_RIGHT: one, L_RIGHT: two, F_LEFT: two}


def embrace(c: Couple) -> tuple[Floats, Floats]:
    """His right hand on her back, her left hand on his shoulder."""
    back = c.follower.chest.at(c.follower.joints["chest"], 0.05, 0.0, -0.125)
    shoulder = c.leader.chest.at(c.leader.joints["right_shoulder"], 0.03, 0.055, -0.02)
    return back, shoulder


def closed_hold(c: Couple) -> Goals:
    """The embrace, the free hands together at shoulder height."""
    hands = lift(c, 1.30) + c.left * 0.45
    back, shoulder = embrace(c)
    return {L_LEFT: hands, F_RIGHT: hands, L_RIGHT: back, F_LEFT: shoulder}


def lady_turning(c: Couple) -> Goals:
    """His left hand holds her right hand above her head; the other hands are free."""
    top = raised(c.follower, c)
    her_hip = c.follower.chest.at(c.follower.joints["waist"], 0.155, -0.02, 0.07)
    return {
        L_LEFT: top,
        F_RIGHT: top,
        L_RIGHT: resting(c.leader, "right", c.t),
        F_LEFT: her_hip,
    }


def leader_turning(c: Couple) -> Goals:
    """The same hands above his head while he turns."""
    top = raised(c.leader, c)
    return {
        L_LEFT: top,
        F_RIGHT: top,
        L_RIGHT: resting(c.leader, "right", c.t),
        F_LEFT: resting(c.follower, "left", c.t),
    }


def hammerlock(c: Couple) -> Goals:
    """Her left hand behind her own back in his right, the others in front."""
    behind = c.follower.pelvis.at(c.follower.joints["waist"], 0.03, -0.01, -0.155)
    front = lift(c, 1.14) + c.left * 0.24
    return {L_LEFT: front, F_RIGHT: front, L_RIGHT: behind, F_LEFT: behind}


def shadow(c: Couple) -> Goals:
    """She in front, both facing one way, hands held low at her sides."""
    pulse = 0.03 * np.sin(np.pi * c.t)[:, None] * UP
    one = side_of_hip(c.follower, 1.0, 0.34, 0.20, 0.02) + pulse
    two = side_of_hip(c.follower, -1.0, 0.34, 0.20, 0.02) - pulse
    return {L_LEFT: one, F_LEFT: one, L_RIGHT: two, F_RIGHT: two}


def wrapped(c: Couple) -> Goals:
    """She in front, his hands crossing hers over her waist."""
    one = c.follower.pelvis.at(c.follower.joints["waist"], 0.09, 0.0, 0.13)
    two = c.follower.pelvis.at(c.follower.joints["waist"], -0.09, -0.05, 0.13)
    return {L_LEFT: one, F_LEFT: one, L_RIGHT: two, F_RIGHT: two}


def hips_hold(c: Couple) -> Goals:
    """His hands on her hips, her hands on his shoulders."""
    his = c.leader
    return {
        L_LEFT: side_of_hip(c.follower, -1.0, 0.145, 0.05, 0.05),
        L_RIGHT: side_of_hip(c.follower, 1.0, 0.145, 0.05, 0.05),
        F_LEFT: his.chest.at(his.joints["right_shoulder"], 0.02, 0.055, 0.03),
        F_RIGHT: his.chest.at(his.joints["left_shoulder"], -0.02, 0.055, 0.03),
    }


def dip(c: Couple) -> Goals:
    """His arm carries her back, her left arm on his shoulder, her right thrown out."""
    back, shoulder = embrace(c)
    her = c.follower
    return {
        L_RIGHT: back,
        F_LEFT: shoulder,
        L_LEFT: side_of_hip(her, -1.0, 0.14, 0.0, 0.05),
        F_RIGHT: her.chest.at(her.joints["right_shoulder"], -0.28, 0.38, -0.12),
    }


def apart(c: Couple) -> Goals:
    """No hold: all hands are free."""
    return {
        hand: resting(trunk, hand[1], c.t)
        for trunk, hands in ((c.leader, (L_LEFT, L_RIGHT)), (c.follower, (F_LEFT, F_RIGHT)))
        for hand in hands
    }


def lady_styling(c: Couple) -> Goals:
    """One hand held, her free arm drawing a slow circle past her hair and out."""
    her = c.follower
    hands = lift(c, 1.10) + c.left * 0.12
    turn = np.pi * c.t / 2
    out, up = 0.25 + 0.20 * np.cos(turn), 0.16 + 0.38 * np.sin(turn)
    drawn = (
        her.joints["left_shoulder"]
        + her.chest.left * out[:, None]
        + her.chest.up * up[:, None]
        + her.chest.ahead * 0.16
    )
    return {L_LEFT: hands, F_RIGHT: hands, L_RIGHT: resting(c.leader, "right", c.t), F_LEFT: drawn}


def flourish(c: Couple) -> Goals:
    """A closing picture: one hand held low, the outer arms opened wide and high."""
    hands = lift(c, 1.08)
    his, hers = c.leader, c.follower
    return {
        L_LEFT: hands,
        F_RIGHT: hands,
        L_RIGHT: his.chest.at(his.joints["right_shoulder"], -0.34, 0.40, 0.10),
        F_LEFT: hers.chest.at(hers.joints["left_shoulder"], 0.34, 0.38, 0.10),
    }


HOLDS: dict[Hold, Callable[[Couple], Goals]] = {
    "open": open_hold,
    "closed": closed_hold,
    "lady turning": lady_turning,
    "leader turning": leader_turning,
    "hammerlock": hammerlock,
    "shadow": shadow,
    "wrapped": wrapped,
    "hips": hips_hold,
    "dip": dip,
    "apart": apart,
    "lady styling": lady_styling,
    "flourish": flourish,
}
FACING: tuple[Pair, ...] = ((L_LEFT, F_RIGHT), (L_RIGHT, F_LEFT))
SAME_WAY: tuple[Pair, ...] = ((L_LEFT, F_LEFT), (L_RIGHT, F_RIGHT))
JOINED: dict[Hold, tuple[Pair, ...]] = {
    "open": FACING,
    "closed": FACING[:1],
    "lady turning": FACING[:1],
    "leader turning": FACING[:1],
    "hammerlock": FACING,
    "shadow": SAME_WAY,
    "wrapped": SAME_WAY,
    "hips": (),
    "dip": (),
    "apart": (),
    "lady styling": FACING[:1],
    "flourish": FACING[:1],
}
