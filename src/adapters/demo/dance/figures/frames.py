"""Figures that begin and end a dance."""

from adapters.demo.dance.figures.sensual import until
from adapters.demo.dance.floorplan import NEUTRAL_AXIS, Floorplan, compose
from adapters.demo.dance.score import Flourish, Score, Step


def walk_in() -> Score:
    """The dancers walk towards each other and take hands."""
    plan = Floorplan(
        axis={0: 0, 8: -10, 15: NEUTRAL_AXIS},
        gap={0: 1.75, 3: 1.35, 7: 0.80, 9: 0.58},
        travel={0: 0.0, 7: 0.2, 15: 0.7},
        leader_turn={0: -50, 6: 0},
        follower_turn={0: 50, 6: 0},
    )
    return compose(plan, 16, holds=((0, "apart"), (8.4, "open")), enters=False)


def invitation() -> Score:
    """A still picture holding one hand, a sway, and into the basic."""
    plan = Floorplan(
        axis={0: -4, 4: -4, 7: NEUTRAL_AXIS},
        gap={0: 0.86, 3: 0.86, 6: 0.58},
        travel={0: 0.0, 3: 0.0, 7: 0.5},
        leader_turn={0: -45, 3: -45, 6: 0},
        follower_turn={0: 45, 3: 45, 6: 0},
    )
    sways = [Flourish("hip rolls", role, 0, 4, 0.6) for role in ("leader", "follower")]
    return compose(plan, 8, holds=((0, "flourish"), (5.0, "open")), flourishes=sways, enters=False)


def closing_picture() -> Score:
    """A turn, and out to a last picture with the arms wide."""
    his, hers = until(
        13, [Step(13, "left", across=0.05)], [Step(13, "right", tap=True, across=-0.1, ahead=0.1)]
    )
    plan = Floorplan(
        axis={0: -24, 8: 0, 15: 0},
        gap={0: 0.56, 8: 0.58, 11: 0.80},
        travel={0: 0.5, 11: 0.0, 15: 0.0},
        leader_turn={9: 0, 12: -45},
        follower_turn={3: 0, 6: -360, 9: -360, 12: -315},
    )
    return compose(
        plan,
        16,
        holds=((0, "open"), (3.8, "lady turning"), (7.4, "open"), (11.8, "flourish")),
        leader_steps=his,
        follower_steps=hers,
        leaves=False,
    )


def closing_embrace() -> Score:
    """One last eight-count that ends in a still embrace."""
    his, hers = until(6, [Step(6, "left", tap=True)], [Step(6, "right", tap=True)])
    plan = Floorplan(axis={0: -24, 7: -8}, gap={0: 0.52, 4: 0.36}, travel=0.2)
    return compose(
        plan,
        8,
        holds=((0, "open"), (2.6, "closed")),
        flourishes=[
            Flourish("lean in", "leader", 3, 12, 1.3),
            Flourish("lean in", "follower", 3, 12, 0.9),
        ],
        leader_steps=his,
        follower_steps=hers,
        leaves=False,
    )
