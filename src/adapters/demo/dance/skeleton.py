"""The couple's joints in metres at any beat of a score, including arms and joined hands."""

from dataclasses import dataclass

import numpy as np

from adapters.demo.dance.build import build_of
from adapters.demo.dance.curves import Floats, smooth, unit
from adapters.demo.dance.floorplan import NEUTRAL_HOLD
from adapters.demo.dance.holds import (
    F_LEFT,
    F_RIGHT,
    FACING,
    HOLDS,
    JOINED,
    L_LEFT,
    L_RIGHT,
    SAME_WAY,
    Couple,
    Goals,
    Hand,
    Pair,
    couple,
)
from adapters.demo.dance.limbs import bend
from adapters.demo.dance.score import Hold, Role, Score
from adapters.demo.dance.trunk import Frame, Trunk, stand

HANDS: tuple[Hand, ...] = (L_LEFT, L_RIGHT, F_LEFT, F_RIGHT)
CHANGE = 1.35
LONGEST_ARM = 0.985
ROUNDS = 6
CLEARANCE = 0.31


@dataclass(frozen=True, slots=True)
class Pose:
    """Both dancers with their arms, at the same beats."""

    leader: Trunk
    follower: Trunk


def shares(score: Score, t: Floats) -> list[tuple[Hold, Floats]]:
    """Return the weight of each hold of the score at beats `t`; the weights add up to one."""
    first = (score.holds[0][0], NEUTRAL_HOLD) if score.enters else score.holds[0]
    schedule = [first, *(h for h in score.holds if h[0] > 0 or h[1] != first[1])]
    if score.leaves:
        schedule.append((score.counts - 0.1, NEUTRAL_HOLD))
    starts = [np.ones_like(t), *(smooth((t - at) / CHANGE + 1.0) for at, _ in schedule[1:])]
    starts.append(np.zeros_like(t))
    return [(hold, starts[k] - starts[k + 1]) for k, (_, hold) in enumerate(schedule)]


def clear_of(point: Floats, shoulder: Floats, chest: Frame) -> Floats:
    """Return a point (T, 3) moved forward if it is so near its shoulder that the arm would fold."""
    far = np.linalg.norm(point - shoulder, axis=1, keepdims=True)
    return point + chest.ahead * (1.1 * np.maximum(0.0, CLEARANCE - far))


def within_reach(point: Floats, shoulders: tuple[Floats, ...], arms: tuple[float, ...]) -> Floats:
    """Return the point (T, 3) nearest to `point` that all arms (metres) can reach from their
    shoulders.
    """
    for _ in range(ROUNDS):
        for shoulder, arm in zip(shoulders, arms, strict=True):
            way = point - shoulder
            far = np.linalg.norm(way, axis=1, keepdims=True)
            point = shoulder + way * np.minimum(1.0, LONGEST_ARM * arm / np.maximum(far, 1e-9))
    return point


def hand_goals(score: Score, c: Couple) -> Goals:
    """Return the target of each hand: a blend of the holds, with joined hands together."""
    mixed: Goals = {hand: np.zeros((len(c.t), 3)) for hand in HANDS}
    run_all: dict[Pair, Floats] = {pair: np.zeros_like(c.t) for pair in FACING + SAME_WAY}
    for hold, share in shares(score, c.t):
        if not share.any():
            continue
        goals = HOLDS[hold](c)
        for hand in HANDS:
            mixed[hand] += share[:, None] * goals[hand]
        for pair in JOINED[hold]:
            run_all[pair] += share
    trunks: dict[Role, Trunk] = {"leader": c.leader, "follower": c.follower}
    arms = {role: build_of(role).upper_arm + build_of(role).forearm for role in trunks}
    shoulders = {(role, side): trunks[role].joints[f"{side}_shoulder"] for role, side in HANDS}
    # Halfway between two holds a hand swings outwards instead of passing its shoulder.
    bow = 2 * (1 - np.sum([share**2 for _, share in shares(score, c.t)], axis=0))[:, None]
    for role, side in HANDS:
        chest, sign = trunks[role].chest, 1.0 if side == "left" else -1.0
        bowed = mixed[role, side] + bow * (0.13 * sign * chest.left + 0.09 * chest.ahead)
        mixed[role, side] = clear_of(bowed, shoulders[role, side], chest)
    hand_places = dict(mixed)
    for (one, two), share in run_all.items():
        meet = within_reach(
            (mixed[one] + mixed[two]) / 2,
            (shoulders[one], shoulders[two]),
            (arms[one[0]], arms[two[0]]),
        )
        firm = smooth(share)[:, None]
        for hand in (one, two):
            hand_places[hand] = hand_places[hand] + firm * (meet - mixed[hand])
    return hand_places


def elbow_way(trunk: Trunk, sign: float, goal: Floats, shoulder: Floats) -> Floats:
    """Return the direction (T, 3) of an elbow: down, out and back, but out and forward if the hand
    is raised.
    """
    chest = trunk.chest
    rise = np.sum(unit(goal - shoulder) * chest.up, axis=1, keepdims=True)
    high = smooth((rise + 0.35) / 1.0)
    low_way = -0.90 * chest.up + 0.40 * sign * chest.left - 0.26 * chest.ahead
    high_way = -0.30 * chest.up + 0.90 * sign * chest.left + 0.15 * chest.ahead
    return low_way + high * (high_way - low_way)


def add_arms(trunk: Trunk, role: Role, goals: Goals) -> None:
    """Bend both arms of a dancer to their targets."""
    build = build_of(role)
    for (owner, side), goal in goals.items():
        if owner != role:
            continue
        shoulder = trunk.joints[f"{side}_shoulder"]
        way = elbow_way(trunk, 1.0 if side == "left" else -1.0, goal, shoulder)
        elbow, hand = bend(shoulder, goal, build.upper_arm, build.forearm, way)
        trunk.joints[f"{side}_elbow"], trunk.joints[f"{side}_hand"] = elbow, hand


def pose(score: Score, t: Floats) -> Pose:
    """Return the couple at beats `t` (T,); count 1 is beat 0."""
    leader, follower = stand(score, "leader", t), stand(score, "follower", t)
    goals = hand_goals(score, couple(leader, follower, t))
    add_arms(leader, "leader", goals)
    add_arms(follower, "follower", goals)
    return Pose(leader, follower)


def joints(score: Score, t: Floats) -> dict[Role, dict[str, Floats]]:
    """Return every joint of both dancers by name, (T, 3) metres each, at beats `t` (T,).

    x is to the viewer's right, y up from the floor and z towards the viewer.
    """
    danced = pose(score, t)
    return {"leader": danced.leader.joints, "follower": danced.follower.joints}
