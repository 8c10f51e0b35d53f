"""Waves, rolls, shadow position and dips."""

from adapters.demo.dance.floorplan import Floorplan, compose
from adapters.demo.dance.score import Flourish, Hold, Role, Score, Step

CLOSE: tuple[tuple[float, Hold], ...] = ((0, "open"), (2.2, "closed"), (14.6, "open"))
ON_HIPS: tuple[tuple[float, Hold], ...] = ((0, "open"), (2.4, "hips"), (14.6, "open"))
LATE: tuple[tuple[Role, float], ...] = (("follower", 0.0), ("leader", 0.25))
NEAR = {0: 0.53, 2: 0.46, 13: 0.46, 15: 0.54}


def body_wave() -> Score:
    """A wave runs down the lady's body on the second half of each eight."""
    plan = Floorplan(axis={0: -24, 4: -6, 11: 8, 15: -24}, gap=NEAR, travel=0.4)
    waves = [Flourish("wave", "follower", 3.6, 4.2), Flourish("wave", "follower", 10.6, 4.2, 1.1)]
    support = Flourish("lean in", "leader", 3, 11)
    return compose(plan, 16, holds=CLOSE, flourishes=[*waves, support])


def body_wave_together() -> Score:
    """Both bodies wave, his a little after hers."""
    plan = Floorplan(axis={0: -24, 4: 0, 11: -8, 15: -24}, gap=NEAR, travel=0.3)
    waves = [
        Flourish("wave", role, start + late, 4.0, 1.0)
        for start in (2.8, 6.8, 10.6)
        for role, late in LATE
    ]
    return compose(plan, 16, holds=ON_HIPS, flourishes=waves)


def hip_roll() -> Score:
    """Her hips roll from side to side under his hands."""
    plan = Floorplan(axis={0: -24, 4: 36, 11: 44, 15: -24}, gap=NEAR, travel=0.3)
    rolls = [Flourish("hip rolls", "follower", 3, 11), Flourish("sink", "leader", 3, 11, 0.7)]
    return compose(plan, 16, holds=ON_HIPS, flourishes=rolls)


def hip_circles() -> Score:
    """Both circle their hips, low in the knees."""
    plan = Floorplan(axis={0: -24, 4: 10, 11: 40, 15: -24}, gap=NEAR, travel=0.3)
    circles = [
        Flourish("hip circles", "follower", 2.5, 12, 1.0),
        Flourish("hip circles", "leader", 2.5, 12, 0.6),
    ]
    return compose(plan, 16, holds=ON_HIPS, flourishes=circles)


def head_roll() -> Score:
    """Her head draws a circle while he holds her."""
    plan = Floorplan(axis={0: -24, 5: -34, 11: -20, 15: -24}, gap=NEAR, travel=0.3)
    moves = [Flourish("head roll", "follower", 7.5, 6.0), Flourish("support", "leader", 8, 5, 0.3)]
    return compose(plan, 16, holds=CLOSE, flourishes=moves)


def double_head_roll() -> Score:
    """Two head rolls on end, sinking into the second."""
    plan = Floorplan(axis={0: -24, 5: 150, 11: 160, 15: 336}, gap=NEAR, travel=0.25)
    moves = [
        Flourish("head roll", "follower", 3.0, 4.6),
        Flourish("head roll", "follower", 7.8, 5.4, 1.15),
        Flourish("sink", "follower", 7, 6.5, 0.8),
        Flourish("support", "leader", 7, 6.5, 0.35),
    ]
    return compose(plan, 16, holds=CLOSE, flourishes=moves)


def in_shadow(hold: Hold, flourishes: list[Flourish], travel: float) -> Score:
    """She turns to stand before him, both to the viewer, and turns back."""
    plan = Floorplan(
        axis={0: -24, 2: 0, 6: 84, 11: 90, 15: -24},
        gap={0: 0.56, 4: 0.5, 6: 0.36, 11: 0.36, 13: 0.52},
        travel={0: 0.6, 6: travel, 11: travel, 15: 0.6},
        follower_turn={3: 0, 6: -180, 11: -180, 14: 0},
        follower_side={4: 0, 6: -0.13, 11: -0.13, 13: 0},
        leader_side={4: 0, 6: 0.05, 11: 0.05, 13: 0},
    )
    holds: tuple[tuple[float, Hold], ...] = (
        (0, "open"),
        (3.6, "lady turning"),
        (6.8, hold),
        (12.2, "lady turning"),
        (15.3, "open"),
    )
    return compose(plan, 16, holds=holds, flourishes=flourishes)


def shadow_position() -> Score:
    """A basic in shadow position, hands low at her sides."""
    return in_shadow("shadow", [], 1.0)


def shadow_wave() -> Score:
    """In shadow position with arms wrapped, a wave through both."""
    waves = [Flourish("wave", "follower", 7, 4.4), Flourish("wave", "leader", 7.3, 4.4, 0.8)]
    return in_shadow("wrapped", waves, 0.3)


def shadow_hips() -> Score:
    """In shadow position with arms wrapped, the hips rolling together."""
    rolls = [
        Flourish("hip rolls", "follower", 6.5, 5.5),
        Flourish("hip rolls", "leader", 6.5, 5.5, 0.7),
    ]
    return in_shadow("wrapped", rolls, 0.4)


def until(beat: float, his: list[Step], hers: list[Step]) -> tuple[list[Step], list[Step]]:
    """The basic's steps before `beat`, then the given ones."""
    plain = compose(Floorplan(), 16)
    return (
        [s for s in plain.leader.steps if 0 <= s.beat < beat] + his,
        [s for s in plain.follower.steps if 0 <= s.beat < beat] + hers,
    )


def dip() -> Score:
    """A basic, then a deep dip to end on."""
    his, hers = until(
        11,
        [Step(11, "left", across=0.10, ahead=0.02), Step(12, "right", across=-0.10, ahead=0.22)],
        [Step(11, "right", ahead=0.02), Step(12, "left", ahead=0.24, across=0.04, lift=0.10)],
    )
    plan = Floorplan(axis={0: -24, 8: 6, 12: 2}, gap={0: 0.54, 8: 0.44, 11: 0.40}, travel=0.4)
    return compose(
        plan,
        16,
        holds=((0, "open"), (4.5, "closed"), (12.2, "dip")),
        flourishes=[
            Flourish("dip back", "follower", 11.5, 8, 0.92),
            Flourish("support", "leader", 11.5, 8, 1.0),
        ],
        leader_steps=his,
        follower_steps=hers,
        leaves=False,
    )


def side_dip() -> Score:
    """The lady falls to her right into his arm and is brought back."""
    plan = Floorplan(axis={0: -24, 5: 58, 11: 62, 15: -24}, gap=NEAR, travel=0.3)
    moves = [
        Flourish("dip side", "follower", 6.4, 5.2, 0.9),
        Flourish("dip side", "leader", 6.6, 5.0, -0.22),
        Flourish("sink", "leader", 6.4, 5.2, 0.9),
    ]
    return compose(plan, 16, holds=CLOSE, flourishes=moves)
