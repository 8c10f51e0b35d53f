"""Basic steps: to the side, in place, forward and back, in a box, with the hip."""

from adapters.demo.dance.floorplan import Floorplan, compose
from adapters.demo.dance.score import Flourish, Role, Score, Side, Step

TAPS = (3, 7, 11, 15)
SIZES: tuple[tuple[Role, float], ...] = (("leader", 0.7), ("follower", -1.15))
BOTH: tuple[Role, Role] = ("leader", "follower")


def side_basic() -> Score:
    """Three steps to the side and a tap, there and back, the couple slowly turning."""
    return compose(Floorplan(axis={0: -24, 4: 12, 8: 44, 12: 16, 15: -24}), 16)


def basic_in_place() -> Score:
    """The basic on the spot, both hands held."""
    return compose(Floorplan(axis={0: -24, 7: 28, 12: 20, 15: -24}, travel=0.35), 16)


def forward_and_back() -> Score:
    """Three steps forward and a tap, three back and a tap."""
    way = {0: 0.10, 1: 0.2, 2: 0.3, 3: 0.3, 4: 0.18, 5: 0.04, 6: -0.1, 7: -0.1}
    twice = way | {count + 8: metres for count, metres in way.items()} | {15: 0.0}
    plan = Floorplan(axis={0: -24, 6: 8, 11: 20, 15: -24}, travel=0.25, ahead=twice)
    return compose(plan, 16)


def box_step() -> Score:
    """Side, together, forward; side, together, back."""
    ahead = {1: 0.0, 2: 0.22, 4: 0.22, 5: 0.22, 6: 0.0, 9: 0.0, 10: 0.22, 13: 0.22, 14: 0.0}
    plan = Floorplan(axis={0: -24, 5: 20, 10: 34, 15: -24}, ahead=ahead)
    return compose(plan, 16, holds=((0, "open"), (4, "closed"), (12, "open")))


def hips_on_the_tap() -> Score:
    """The basic with a full hip accent on every tap."""
    hits = [
        Flourish("hit", role, tap, 0.8, size * (1.0 if k % 2 else -1.0))
        for k, tap in enumerate(TAPS)
        for role, size in SIZES
    ]
    plan = Floorplan(axis={0: -24, 4: 30, 10: 50, 15: -24}, travel=0.7)
    return compose(plan, 16, flourishes=hits)


def closed_basic() -> Score:
    """The basic in the embrace."""
    plan = Floorplan(axis={0: -24, 5: 20, 10: 64, 15: -24}, gap={0: 0.52, 3: 0.40, 13: 0.40})
    return compose(plan, 16, holds=((0, "open"), (2.5, "closed"), (14.5, "open")))


def bolero_sway() -> Score:
    """Slow, quick, quick in a close hold, the couple swaying."""
    slow: tuple[tuple[float, Side], ...] = (
        (0, "left"),
        (2, "right"),
        (3, "left"),
        (4, "right"),
        (6, "left"),
        (7, "right"),
    )
    his = [Step(beat + 8 * k, side) for k in (0, 1) for beat, side in slow]
    hers = [Step(step.beat, "left" if step.side == "right" else "right") for step in his]
    plan = Floorplan(
        axis={0: -24, 5: 10, 10: 48, 15: -24}, gap={0: 0.5, 2: 0.37, 13: 0.37}, travel=0.8
    )
    sway = [Flourish("sink", role, 0, 16, 0.7) for role in BOTH]
    return compose(
        plan,
        16,
        holds=((0, "open"), (2, "closed"), (14.5, "open")),
        flourishes=[*sway, Flourish("lean in", "leader", 2, 12)],
        leader_steps=his,
        follower_steps=hers,
    )


def bolero_round() -> Score:
    """A close hold that turns once around itself."""
    plan = Floorplan(
        axis={0: -24, 3: 10, 12: 290, 15: 336}, gap={0: 0.5, 2: 0.38, 13: 0.38}, travel=0.3
    )
    return compose(
        plan,
        16,
        holds=((0, "open"), (2, "closed"), (14.5, "open")),
        flourishes=[Flourish("sink", role, 1, 14, 0.8) for role in BOTH],
    )
