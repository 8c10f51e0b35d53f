"""The two dancers' bodies: lengths of their bones in metres."""

from dataclasses import dataclass

from adapters.demo.dance.score import Role


@dataclass(frozen=True, slots=True)
class Build:
    """Bone lengths and resting angles; lengths in metres, angles in radians.

    `sole` is the ball's height over the floor, `heel` the foot's pitch in its shoe, `tread` how far
    the balls of the feet stand before the hips.
    """

    thigh: float
    shin: float
    instep: float
    toe: float
    hip_half: float
    low_back: float
    back: float
    high_back: float
    neck: float
    shoulder_half: float
    upper_arm: float
    forearm: float
    hip_height: float
    stance: float
    tread: float
    turnout: float
    sole: float
    heel: float


LEADER = Build(
    thigh=0.445,
    shin=0.425,
    instep=0.13,
    toe=0.075,
    hip_half=0.092,
    low_back=0.15,
    back=0.17,
    high_back=0.17,
    neck=0.185,
    shoulder_half=0.185,
    upper_arm=0.30,
    forearm=0.315,
    hip_height=0.952,
    stance=0.095,
    tread=0.055,
    turnout=0.16,
    sole=0.025,
    heel=0.36,
)
FOLLOWER = Build(
    thigh=0.425,
    shin=0.405,
    instep=0.125,
    toe=0.06,
    hip_half=0.085,
    low_back=0.14,
    back=0.15,
    high_back=0.15,
    neck=0.172,
    shoulder_half=0.158,
    upper_arm=0.275,
    forearm=0.29,
    hip_height=0.94,
    stance=0.075,
    tread=0.05,
    turnout=0.12,
    sole=0.018,
    heel=0.80,
)


def build_of(role: Role) -> Build:
    """The body of one of the two dancers."""
    return LEADER if role == "leader" else FOLLOWER
