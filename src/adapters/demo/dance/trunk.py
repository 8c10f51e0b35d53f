"""A dancer's feet, legs, spine and head at given beats; other modules add the arms."""

from dataclasses import dataclass

import numpy as np

from adapters.demo.dance.build import Build, build_of
from adapters.demo.dance.carriage import HEAD, HIGH, LOW, MID, Carriage, carriage
from adapters.demo.dance.curves import Floats, unit
from adapters.demo.dance.footwork import Foot, place, tread, weight
from adapters.demo.dance.limbs import bend
from adapters.demo.dance.score import Role, Score

UP = np.array([0.0, 1.0, 0.0])
LAG = 0.2
LONGEST_LEG = 0.996


@dataclass(frozen=True, slots=True)
class Frame:
    """The axes of a body part, each (T, 3): to its left, up and forward."""

    left: Floats
    up: Floats
    ahead: Floats

    def at(self, origin: Floats, left: float, up: float, ahead: float) -> Floats:
        """Return a point attached to the part: `origin` (T, 3) plus metres along its axes."""
        return origin + self.left * left + self.up * up + self.ahead * ahead

    def cut(self, part: slice) -> "Frame":
        """Return the same frame at some of its beats."""
        return Frame(self.left[part], self.up[part], self.ahead[part])


@dataclass(frozen=True, slots=True)
class Trunk:
    """Joints by name, (T, 3) metres each, and the frames of pelvis, chest and head."""

    joints: dict[str, Floats]
    pelvis: Frame
    chest: Frame
    head: Frame

    def cut(self, part: slice) -> "Trunk":
        """Return the same trunk at some of its beats."""
        joints = {name: way[part] for name, way in self.joints.items()}
        return Trunk(joints, self.pelvis.cut(part), self.chest.cut(part), self.head.cut(part))


def frame(yaw: Floats, up: Floats) -> Frame:
    """Return the frame that faces `yaw` as nearly as its `up` (T, 3) allows."""
    left = np.stack([np.cos(yaw), np.zeros_like(yaw), -np.sin(yaw)], axis=1)
    left = unit(left - up * np.sum(left * up, axis=1, keepdims=True))
    return Frame(left, up, np.cross(left, up))


def leaning(level: Frame, lean: Floats) -> Floats:
    """Return the direction (T, 3) of a bone that leans (T, 2) radians to the left and forward."""
    side, fore = lean[:, 0:1], lean[:, 1:2]
    return (
        level.up * (np.cos(side) * np.cos(fore))
        + level.left * np.sin(side)
        + level.ahead * (np.cos(side) * np.sin(fore))
    )


def foot_joints(foot: Foot, build: Build) -> tuple[Floats, Floats]:
    """Return ankle and toe tip (T, 3) of a foot."""
    forward = np.stack([np.sin(foot.yaw), np.zeros_like(foot.yaw), np.cos(foot.yaw)], axis=1)
    pitch = foot.pitch[:, None]
    ankle = foot.ball + build.instep * (UP * np.sin(pitch) - forward * np.cos(pitch))
    return ankle, foot.ball + forward * build.toe


def hip_height(height: Floats, tops: list[Floats]) -> Floats:
    """Return the requested height, smoothly lowered below every (T,) height a leg can reach."""
    soft = 0.012
    heights = np.stack([height, *tops])
    lowest = heights.min(axis=0)
    return lowest - soft * np.log(np.sum(np.exp(-(heights - lowest) / soft), axis=0))


def stand(score: Score, role: Role, t: Floats) -> Trunk:
    """Return one dancer at beats `t` (T,), without arms."""
    part, build = score.part(role), build_of(role)
    carried = carriage(part, score.flourishes, t, role)
    feet = {"left": tread(part, build, "left", t), "right": tread(part, build, "right", t)}
    spot = place(part, t - LAG)
    yaw = place(part, t - LAG / 2)[:, 2]
    level = frame(yaw, np.tile(UP, (len(t), 1)))
    share = weight(part, t)[:, None]
    over_feet = share * feet["left"].ball + (1 - share) * feet["right"].ball
    base = 0.72 * np.column_stack([spot[:, 0], np.zeros_like(t), spot[:, 1]]) + 0.28 * over_feet
    base = base + level.left * carried.hip_side[:, None] + level.ahead * carried.hip_ahead[:, None]
    across = unit(level.left * np.cos(carried.roll)[:, None] + UP * np.sin(carried.roll)[:, None])
    joints: dict[str, Floats] = {}
    tops: list[Floats] = []
    leg = LONGEST_LEG * (build.thigh + build.shin)
    for name, foot in feet.items():
        sign = 1.0 if name == "left" else -1.0
        joints[f"{name}_ball"] = foot.ball
        joints[f"{name}_ankle"], joints[f"{name}_toe"] = foot_joints(foot, build)
        hip = base + sign * build.hip_half * across
        reach = hip - joints[f"{name}_ankle"]
        flat = np.minimum(np.hypot(reach[:, 0], reach[:, 2]), 0.93 * leg)
        above = joints[f"{name}_ankle"][:, 1] + np.sqrt(leg**2 - flat**2)
        tops.append(above - sign * build.hip_half * across[:, 1])
    pelvis = base.copy()
    pelvis[:, 1] = hip_height(build.hip_height - carried.drop, tops)
    for name, foot in feet.items():
        sign = 1.0 if name == "left" else -1.0
        hip = pelvis + sign * build.hip_half * across
        kneecap = level.ahead + 0.8 * np.column_stack(
            [np.sin(foot.yaw), np.zeros_like(t), np.cos(foot.yaw)]
        )
        joints[f"{name}_hip"] = hip
        joints[f"{name}_knee"], _ = bend(
            hip, joints[f"{name}_ankle"], build.thigh, build.shin, kneecap
        )
    joints["pelvis"] = pelvis
    return spine(joints, across, level, carried, yaw, build, gaze(score, role, t, yaw))


def spine(
    joints: dict[str, Floats],
    across: Floats,
    level: Frame,
    carried: Carriage,
    yaw: Floats,
    build: Build,
    look: Floats,
) -> Trunk:
    """Add spine, shoulders and head above the pelvis."""
    bones = [leaning(level, carried.lean[bone]) for bone in (LOW, MID, HIGH, HEAD)]
    joints["waist"] = joints["pelvis"] + build.low_back * bones[LOW]
    joints["chest"] = joints["waist"] + build.back * bones[MID]
    joints["neck"] = joints["chest"] + build.high_back * bones[HIGH]
    joints["head"] = joints["neck"] + build.neck * bones[HEAD]
    pelvis_up = unit(bones[LOW] - across * np.sum(bones[LOW] * across, axis=1, keepdims=True))
    chest = frame(yaw + carried.twist, bones[HIGH])
    for name, sign in (("left", 1.0), ("right", -1.0)):
        joints[f"{name}_shoulder"] = chest.at(
            joints["neck"], sign * build.shoulder_half, -0.045, -0.01
        )
    return Trunk(
        joints,
        pelvis=Frame(across, pelvis_up, np.cross(across, pelvis_up)),
        chest=chest,
        head=frame(yaw + look, bones[HEAD]),
    )


def gaze(score: Score, role: Role, t: Floats, yaw: Floats) -> Floats:
    """Return the rotation (T,) of the head on the neck: towards the partner, so
    it spots in turns.
    """
    other: Role = "follower" if role == "leader" else "leader"
    here, there = place(score.part(role), t - LAG), place(score.part(other), t - LAG)
    toward = np.arctan2(there[:, 0] - here[:, 0], there[:, 1] - here[:, 1])
    # The sine limits the rotation: the head follows the partner, but not behind the back.
    partner = 0.55 * np.sin(toward - yaw)
    viewer = -0.32 * np.sin(yaw) * (0.5 + 0.5 * np.cos(yaw))
    return partner + viewer
