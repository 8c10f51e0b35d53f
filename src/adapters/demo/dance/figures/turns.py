"""Turns and changes of place, the hands raised over whoever turns."""

from adapters.demo.dance.floorplan import Floorplan, compose
from adapters.demo.dance.score import Flourish, Hold, Score

OVER_HER: tuple[tuple[float, Hold], ...] = (
    (0, "open"),
    (3.8, "lady turning"),
    (7.2, "open"),
    (11.8, "lady turning"),
    (15.2, "open"),
)


def lady_left_turn() -> Score:
    """The lady turns once to her left on 5, 6, 7, and again."""
    turn = {3: 0, 6: 360, 11: 360, 14: 720}
    plan = Floorplan(axis={0: -24, 6: 4, 11: 18, 15: -24}, travel=0.5, follower_turn=turn)
    return compose(plan, 16, holds=OVER_HER)


def lady_right_turn() -> Score:
    """The lady turns once to her right on 5, 6, 7, and again."""
    turn = {3: 0, 6: -360, 11: -360, 14: -720}
    plan = Floorplan(axis={0: -24, 6: -4, 11: -30, 15: -24}, travel=0.5, follower_turn=turn)
    return compose(plan, 16, holds=OVER_HER)


def leader_turn() -> Score:
    """The leader turns once under his own arm, and again the other way."""
    turn = {3: 0, 6: 360, 11: 360, 14: 0}
    plan = Floorplan(axis={0: -24, 6: 10, 11: 24, 15: -24}, travel=0.5, leader_turn=turn)
    holds: tuple[tuple[float, Hold], ...] = tuple(
        (beat, "leader turning" if hold == "lady turning" else hold) for beat, hold in OVER_HER
    )
    return compose(plan, 16, holds=holds)


def double_turn() -> Score:
    """One turn to the right, then two in the same time."""
    turn = {3: 0, 6: -360, 10: -360, 11: -400, 14: -1080}
    plan = Floorplan(axis={0: -24, 6: 0, 11: -10, 15: -24}, travel=0.3, follower_turn=turn)
    return compose(plan, 16, holds=OVER_HER)


def both_turn() -> Score:
    """She turns, then he does."""
    plan = Floorplan(
        axis={0: -24, 6: 14, 11: 6, 15: -24},
        travel=0.4,
        follower_turn={3: 0, 6: -360},
        leader_turn={11: 0, 14: 360},
    )
    holds: tuple[tuple[float, Hold], ...] = (
        (0, "open"),
        (3.8, "lady turning"),
        (7.2, "open"),
        (11.8, "leader turning"),
        (15.2, "open"),
    )
    return compose(plan, 16, holds=holds)


def cross_body_lead() -> Score:
    """The leader opens the way and the lady passes to the other side, twice."""
    plan = Floorplan(
        axis={0: -24, 2: 6, 6: 156, 9: 170, 14: 336},
        gap={0: 0.56, 4: 0.64, 7: 0.56, 12: 0.64, 15: 0.56},
        travel=0.4,
    )
    return compose(plan, 16)


def cross_body_turn() -> Score:
    """A cross body lead in which the lady turns on her way."""
    plan = Floorplan(
        axis={0: -24, 2: 0, 6: 156, 10: 172, 14: 336},
        gap={0: 0.56, 4: 0.66, 7: 0.58, 12: 0.66, 15: 0.56},
        travel=0.3,
        follower_turn={3: 0, 6: -360, 11: -360, 14: -720},
    )
    return compose(plan, 16, holds=OVER_HER)


def hammerlock() -> Score:
    """A turn that leaves her left hand behind her back, a basic there, and out again."""
    plan = Floorplan(
        axis={0: -24, 6: -10, 11: 34, 15: -24},
        gap={0: 0.56, 4: 0.56, 7: 0.43, 11: 0.43, 13: 0.56},
        travel={0: 0.6, 7: 0.8, 15: 0.6},
        follower_turn={3: 0, 6: -360, 11: -360, 14: 0},
    )
    holds: tuple[tuple[float, Hold], ...] = (
        (0, "open"),
        (3.8, "lady turning"),
        (7.4, "hammerlock"),
        (12.0, "lady turning"),
        (15.3, "open"),
    )
    return compose(plan, 16, holds=holds)


def hammerlock_walk() -> Score:
    """The hammerlock held while the couple walks once around."""
    plan = Floorplan(
        axis={0: -24, 3: -10, 6: 30, 12: 290, 15: 336},
        gap={0: 0.54, 3: 0.43, 12: 0.43, 15: 0.56},
        travel=0.25,
    )
    holds: tuple[tuple[float, Hold], ...] = ((0, "open"), (3.5, "hammerlock"), (14.6, "open"))
    sinks = [Flourish("sink", "leader", 3, 11, 0.6), Flourish("sink", "follower", 3, 11, 0.6)]
    return compose(plan, 16, holds=holds, flourishes=sinks)
