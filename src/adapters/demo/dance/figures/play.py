"""Footwork, hits and styling, danced apart or by one hand."""

from adapters.demo.dance.floorplan import Floorplan, compose
from adapters.demo.dance.score import Flourish, Hold, Role, Score, Side, Step

OPENED: tuple[tuple[float, Hold], ...] = ((0, "open"), (2.6, "apart"), (14.8, "open"))
BOTH: tuple[Role, Role] = ("leader", "follower")
SIZES: tuple[tuple[Role, float], ...] = (("leader", 0.9), ("follower", -1.2))


def mirrored(steps: list[Step]) -> list[Step]:
    """The same steps with the other foot."""
    other: dict[Side, Side] = {"left": "right", "right": "left"}
    return [Step(s.beat, other[s.side], s.tap, -s.across, s.ahead, s.lift) for s in steps]


def madrid() -> Score:
    """Side by side to the viewer: crosses, kicks to the side and a tap."""
    eight = [
        Step(0, "left"),
        Step(1, "right", across=0.10, ahead=0.16),
        Step(2, "left", across=0.10, lift=0.10),
        Step(3, "right", tap=True, across=-0.16, ahead=0.10, lift=0.13),
        Step(4, "right", across=0.12, ahead=-0.14),
        Step(5, "left", across=0.06),
        Step(6, "right", lift=0.10),
        Step(7, "left", tap=True, across=0.16, ahead=0.10, lift=0.13),
    ]
    his = eight + [Step(s.beat + 8, s.side, s.tap, s.across, s.ahead, s.lift) for s in eight]
    his[-1] = Step(15, "left", tap=True)
    plan = Floorplan(
        axis={0: -24, 3: 0, 12: 0, 15: -24},
        gap={0: 0.6, 3: 0.92, 12: 0.92, 15: 0.58},
        travel=0.35,
        leader_turn={0: 0, 2: -58, 12: -58, 14: 0},
        follower_turn={0: 0, 2: 58, 12: 58, 14: 0},
    )
    return compose(plan, 16, holds=OPENED, leader_steps=his, follower_steps=mirrored(his))


def syncopated() -> Score:
    """An extra step between 2 and 3, and between 6 and 7."""
    half: list[tuple[float, Side, bool]] = [
        (0, "left", False),
        (1, "right", False),
        (1.5, "left", False),
        (2, "right", False),
        (3, "left", True),
    ]
    his = [Step(beat + 4 * k, side, tap) for k in range(4) for beat, side, tap in half]
    plan = Floorplan(
        axis={0: -24, 4: 24, 8: -10, 12: 30, 15: -24}, gap={0: 0.56, 4: 0.66, 13: 0.6}, travel=0.6
    )
    return compose(plan, 16, leader_steps=his, follower_steps=mirrored(his))


def crossed_taps() -> Score:
    """By one hand: crosses before and taps opened to the side."""
    his = [
        Step(
            k,
            "left" if k % 8 in (0, 2, 5, 7) else "right",
            tap=k % 4 == 3,
            ahead=0.12 if k % 4 == 1 else 0.0,
            lift=0.11 if k % 4 == 3 else 0.06,
        )
        for k in range(16)
    ]
    plan = Floorplan(
        axis={0: -24, 4: 10, 11: -12, 15: -24},
        gap={0: 0.58, 4: 0.74, 12: 0.74, 15: 0.58},
        leader_turn={1: 0, 4: -40, 7: 0, 11: -40, 14: 0},
        follower_turn={1: 0, 4: 40, 7: 0, 11: 40, 14: 0},
    )
    hits = [Flourish("hit", role, beat, 0.7, 0.7) for beat in (3, 11) for role in BOTH]
    return compose(
        plan,
        16,
        holds=((0, "open"), (2.6, "lady styling"), (14.8, "open")),
        flourishes=hits,
        leader_steps=his,
        follower_steps=mirrored(his),
    )


def arm_styling() -> Score:
    """Her free arm draws a slow circle past her hair."""
    plan = Floorplan(axis={0: -24, 4: -40, 11: -16, 15: -24}, gap={0: 0.56, 6: 0.6}, travel=0.8)
    return compose(plan, 16, holds=((0, "open"), (2.4, "lady styling"), (14.8, "open")))


def open_styling() -> Score:
    """Opened to the viewer, outer arms high, and closed again."""
    plan = Floorplan(
        axis={0: -24, 4: 0, 11: 0, 15: -24},
        gap={0: 0.56, 4: 0.78, 11: 0.78, 14: 0.58},
        travel=0.5,
        leader_turn={2: 0, 5: -45, 8: 0, 11: -45, 14: 0},
        follower_turn={2: 0, 5: 45, 8: 0, 11: 45, 14: 0},
    )
    holds: tuple[tuple[float, Hold], ...] = (
        (0, "open"),
        (4.5, "flourish"),
        (7.6, "open"),
        (11.5, "flourish"),
        (15.0, "open"),
    )
    return compose(plan, 16, holds=holds)


def golpes() -> Score:
    """Hits of hip and chest on 3, 4 and 7, 8."""
    hits = [
        Flourish("hit", role, beat, 0.6, size * sign)
        for beat, sign in ((2, 1), (3, -1), (6, -1), (7, 1), (10, 1), (11, -1), (14, -1), (15, 1))
        for role, size in SIZES
    ]
    plan = Floorplan(axis={0: -24, 5: 26, 10: 50, 15: -24}, gap={0: 0.56, 6: 0.68}, travel=0.6)
    return compose(plan, 16, flourishes=hits)


def short_golpes() -> Score:
    """One eight with a double hit on 4 and on 8."""
    hits = [
        Flourish("hit", role, beat, 0.45, size * sign)
        for beat, sign in ((3, -1), (3.5, 1), (7, 1), (7.5, -1))
        for role, size in SIZES
    ]
    plan = Floorplan(axis={0: -24, 4: 30, 7: -24}, travel=0.6)
    return compose(plan, 8, flourishes=hits)
