"""A dance as data: places at each count, steps, holds and gestures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from adapters.demo.dance.curves import Floats

Role: TypeAlias = Literal["leader", "follower"]
Side: TypeAlias = Literal["left", "right"]
Hold: TypeAlias = Literal[
    "open",
    "closed",
    "lady turning",
    "leader turning",
    "hammerlock",
    "shadow",
    "wrapped",
    "hips",
    "dip",
    "apart",
    "lady styling",
    "flourish",
]
Gesture: TypeAlias = Literal[
    "wave",
    "hip circles",
    "hip rolls",
    "head roll",
    "dip back",
    "dip side",
    "support",
    "hit",
    "lean in",
    "sink",
]
Track: TypeAlias = float | Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Step:
    """A foot meets the floor at `beat`; `across` (to the dancer's left) and `ahead` in metres
    move it from its usual place under the body. A tap takes no weight."""

    beat: float
    side: Side
    tap: bool = False
    across: float = 0.0
    ahead: float = 0.0
    lift: float = 0.06


@dataclass(frozen=True, slots=True)
class Flourish:
    """A gesture of the trunk from beat `start` for `beats` beats, `amount` 1 being usual."""

    gesture: Gesture
    role: Role
    start: float
    beats: float
    amount: float = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """One dancer's path: `places` (counts, 3) as x, z in metres and yaw in radians, unwrapped."""

    places: Floats
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A whole figure; `enters` and `leaves` are True if the basic step precedes or follows it."""

    counts: int
    leader: Part
    follower: Part
    holds: tuple[tuple[float, Hold], ...]
    flourishes: tuple[Flourish, ...]
    enters: bool
    leaves: bool

    def part(self, role: Role) -> Part:
        """Return the part of one of the two dancers."""
        return self.leader if role == "leader" else self.follower


def along(track: Track, counts: int) -> Floats:
    """Return the value of a track at each count, linear between its keys."""
    if isinstance(track, Mapping):
        beats = sorted(track)
        return np.interp(np.arange(counts), beats, [track[beat] for beat in beats])
    return np.full(counts, float(track))


def alternate(counts: int, first: Side) -> tuple[Step, ...]:
    """Return repetitions of three steps and a tap, starting with the named foot."""
    other: Side = "right" if first == "left" else "left"
    eight: Sequence[tuple[Side, bool]] = (
        (first, False),
        (other, False),
        (first, False),
        (other, True),
        (other, False),
        (first, False),
        (other, False),
        (first, True),
    )
    return tuple(Step(k, eight[k % 8][0], eight[k % 8][1]) for k in range(counts))
