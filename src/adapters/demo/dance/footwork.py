"""The path of each foot: it moves between the counts and is still on its count."""

from dataclasses import dataclass

import numpy as np

from adapters.demo.dance.build import Build
from adapters.demo.dance.curves import Floats, hop, smooth, through
from adapters.demo.dance.floorplan import PAD
from adapters.demo.dance.score import Part, Side, Step

SWING = 0.72
PIVOT = np.radians(28.0)
HEEL_RAISE = 0.5


@dataclass(frozen=True, slots=True)
class Foot:
    """A foot over time: `ball` (T, 3) metres, `yaw` (T,) and heel `pitch` (T,) radians."""

    ball: Floats
    yaw: Floats
    pitch: Floats


def place(part: Part, t: Floats) -> Floats:
    """The dancer's x, z and yaw (T, 3) at beats `t`."""
    return through(part.places, t, -PAD)


def landings(part: Part, side: Side) -> tuple[Step, ...]:
    """The steps of one foot, in order."""
    return tuple(step for step in part.steps if step.side == side)


def weight(part: Part, t: Floats) -> Floats:
    """The share (T,) of the weight on the left foot, 0 to 1."""
    share = np.full_like(t, 0.5)
    before = 0.5
    for step in part.steps:
        goal = (1.0 if step.side == "left" else 0.0) if not step.tap else 0.15 + 0.7 * before
        share = share + (goal - before) * smooth((t - step.beat + 0.2) / 0.75)
        before = goal
    return share


def spots(part: Part, build: Build, steps: tuple[Step, ...]) -> Floats:
    """Return the landing places of the steps of one foot: (S, 3) x, z and yaw."""
    body = place(part, np.array([step.beat for step in steps], dtype=np.float64))
    sign = np.array([1.0 if step.side == "left" else -1.0 for step in steps])
    across = sign * build.stance * np.array([0.7 if step.tap else 1.0 for step in steps])
    across = across + np.array([step.across for step in steps])
    ahead = build.tread + np.array([step.ahead + (0.02 if step.tap else 0.0) for step in steps])
    yaw = body[:, 2]
    x = body[:, 0] + across * np.cos(yaw) + ahead * np.sin(yaw)
    z = body[:, 1] - across * np.sin(yaw) + ahead * np.cos(yaw)
    return np.column_stack([x, z, yaw + sign * build.turnout])


def tread(part: Part, build: Build, side: Side, t: Floats) -> Foot:
    """Return one foot's path at beats `t`: each landing is exactly on its beat and the foot never
    slides.

    A planted foot turns on its ball only after the body has turned further than the ankle allows.
    """
    steps = landings(part, side)
    land = spots(part, build, steps)
    beats = np.array([step.beat for step in steps], dtype=np.float64)
    events = np.array(sorted({step.beat for step in part.steps}))
    gap = np.array([b - max([e for e in events if e < b], default=b - 1) for b in beats])
    swing = np.minimum(SWING, SWING * gap)
    i = np.clip(np.searchsorted(beats, t, side="right") - 1, 0, len(beats) - 1)
    j = np.minimum(i + 1, len(beats) - 1)
    moves = j > i
    lift_off = np.where(moves, beats[j] - swing[j], np.inf)
    u = np.where(moves, (t - lift_off) / swing[j], 0.0)
    s = smooth(u)
    planted = pivoted(part, land[i, 2], np.minimum(t, lift_off))
    raised = np.array([step.lift for step in steps])[j] * hop(u)
    flat = land[i, :2] + (land[j, :2] - land[i, :2]) * s[:, None]
    ball = np.column_stack([flat[:, 0], build.sole + raised, flat[:, 1]])
    tap = np.array([step.tap for step in steps])
    arrive = np.where(tap, 0.42, 0.18)
    settle = np.where(tap[i], 1.0, 1.0 - smooth((t - beats[i]) / 0.35))
    pitch = arrive[i] * settle
    rise = np.where(moves, smooth((t - lift_off + 0.26) / 0.26), 0.0)
    pitch = pitch + (HEEL_RAISE - pitch) * rise
    pitch = pitch + (arrive[j] - pitch) * s
    return Foot(ball, planted + (land[j, 2] - planted) * s, pitch + build.heel)


def pivoted(part: Part, landed: Floats, t: Floats) -> Floats:
    """The yaw at `t` of a planted foot that came down at yaw `landed`."""
    body = place(part, t)[:, 2]
    return np.clip(landed, body - PIVOT, body + PIVOT)
