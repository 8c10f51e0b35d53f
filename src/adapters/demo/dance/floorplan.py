"""Compute each dancer's place and steps from the couple's path across the floor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from adapters.demo.dance.curves import Floats
from adapters.demo.dance.score import (
    Flourish,
    Hold,
    Part,
    Score,
    Side,
    Step,
    Track,
    along,
    alternate,
)

PAD = 8
NEUTRAL_AXIS = -24.0
NEUTRAL_GAP = 0.56
NEUTRAL_HOLD: Hold = "open"
TRAVEL = 0.16
CHEAT = 26.0


@dataclass(frozen=True, slots=True)
class Floorplan:
    """The couple's path, count by count.

    `axis` is the direction in degrees from leader to follower (0 is the viewer's right, positive
    turns the follower towards the viewer); `gap` is metres between them; `side` and `ahead` move
    the couple along the leader's left and the axis, `x` and `z` along the stage. The dancers' own
    `turn` is in degrees, clockwise negative, added to facing the partner; their own side and ahead
    are in metres in the leader's directions. `travel` scales the sideways path of the basic step.
    """

    axis: Track = NEUTRAL_AXIS
    gap: Track = NEUTRAL_GAP
    travel: Track = 1.0
    side: Track = 0.0
    ahead: Track = 0.0
    x: Track = 0.0
    z: Track = 0.0
    leader_turn: Track = 0.0
    follower_turn: Track = 0.0
    leader_side: Track = 0.0
    leader_ahead: Track = 0.0
    follower_side: Track = 0.0
    follower_ahead: Track = 0.0

    def table(self, counts: int) -> dict[str, Floats]:
        """Every track's value at each count."""
        return {name: along(getattr(self, name), counts) for name in self.__slots__}


def basic_way(counts: Floats) -> Floats:
    """Return the sideways place of the basic at each count: three steps out, three steps back."""
    return np.array([0.0, 0.0, 1.0, 1.0, 0.0, 0.0, -1.0, -1.0])[counts.astype(np.intp) % 8] * TRAVEL


def surrounded(name: str, values: Floats, enters: bool, leaves: bool) -> Floats:
    """Return a track extended by the basic's value before and after it; whole turns are kept."""
    neutral = float(along(getattr(Floorplan(), name), 1)[0])
    before = neutral if enters else float(values[0])
    after = float(values[-1])
    if leaves:
        turning = name == "axis" or name.endswith("turn")
        whole = 360.0 * round((after - neutral) / 360.0) if turning else 0.0
        after = neutral + whole
    return np.concatenate([np.full(PAD, before), values, np.full(PAD, after)])


def places(plan: Floorplan, counts: int, enters: bool, leaves: bool) -> tuple[Floats, Floats]:
    """Leader's and follower's (counts + 2 * PAD, 3) x, z and yaw from count -PAD on."""
    track = {
        name: surrounded(name, values, enters, leaves)
        for name, values in plan.table(counts).items()
    }
    beat = np.arange(-PAD, counts + PAD)
    steady_beat = np.clip(beat, 0 if not enters else -PAD, counts + PAD if leaves else counts - 1)
    axis = np.radians(track["axis"])
    forward = np.stack([np.cos(axis), np.sin(axis)], axis=1)
    left = np.stack([np.sin(axis), -np.cos(axis)], axis=1)
    side = track["side"] + track["travel"] * basic_way(steady_beat.astype(np.float64))
    centre = np.stack([track["x"], track["z"]], axis=1)
    centre = centre + side[:, None] * left + track["ahead"][:, None] * forward

    def stand(name: str, towards: float) -> Floats:
        along_axis = track[f"{name}_ahead"] - towards * track["gap"] / 2
        spot = centre + along_axis[:, None] * forward + track[f"{name}_side"][:, None] * left
        facing = np.pi / 2 - axis + (0.0 if towards > 0 else -np.pi)
        yaw = facing - np.radians(CHEAT) * np.sin(facing) + np.radians(track[f"{name}_turn"])
        return np.column_stack([spot, yaw])

    return stand("leader", 1.0), stand("follower", -1.0)


def surrounded_steps(
    steps: Iterable[Step], first: Side, counts: int, enters: bool, leaves: bool
) -> tuple[Step, ...]:
    """The figure's steps with the basic's before and after, and both feet down at the start."""
    basic = alternate(8, first)
    all_steps = [Step(-PAD - 1, "left"), Step(-PAD - 1, "right")]
    if enters:
        all_steps += [Step(s.beat - PAD, s.side, s.tap) for s in basic]
    all_steps += steps
    if leaves:
        all_steps += [Step(s.beat + counts, s.side, s.tap) for s in basic]
    return tuple(sorted(all_steps, key=lambda step: step.beat))


def compose(
    plan: Floorplan,
    counts: int,
    holds: Sequence[tuple[float, Hold]] = ((0, "open"),),
    flourishes: Sequence[Flourish] = (),
    leader_steps: Sequence[Step] | None = None,
    follower_steps: Sequence[Step] | None = None,
    enters: bool = True,
    leaves: bool = True,
) -> Score:
    """Return a figure of `counts` counts as a score; dancers without own steps dance the basic."""
    leader, follower = places(plan, counts, enters, leaves)
    his = alternate(counts, "left") if leader_steps is None else leader_steps
    hers = alternate(counts, "right") if follower_steps is None else follower_steps
    return Score(
        counts=counts,
        leader=Part(leader, surrounded_steps(his, "left", counts, enters, leaves)),
        follower=Part(follower, surrounded_steps(hers, "right", counts, enters, leaves)),
        holds=tuple(holds),
        flourishes=tuple(flourishes),
        enters=enters,
        leaves=leaves,
    )
