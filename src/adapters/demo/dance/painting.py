"""Draw the couple: shadows on the floor, then both dancers, sorted by distance."""

import numpy as np

from adapters.demo.dance.camera import project, scale
from adapters.demo.dance.curves import Floats
from adapters.demo.dance.follower import draw_follower
from adapters.demo.dance.leader import draw_leader
from adapters.demo.dance.outline import ball
from adapters.demo.dance.palette import FLOOR_SHADOW
from adapters.demo.dance.score import Score
from adapters.demo.dance.sheet import Sheet
from adapters.demo.dance.skeleton import pose
from adapters.demo.dance.trunk import Trunk, stand

ECHOES = (0.16, 0.32, 0.50)
UNDERFOOT = -9.0


def draw_shadows(sheet: Sheet, trunk: Trunk) -> None:
    """Add soft shadows under the feet and the body."""
    near = np.full(len(trunk.joints["pelvis"]), UNDERFOOT)
    for joint, size, rings in (
        ("pelvis", 0.42, 9),
        ("left_ball", 0.15, 3),
        ("right_ball", 0.15, 3),
    ):
        ground = trunk.joints[joint] * np.array([1.0, 0.0, 1.0])
        spot, zoom = project(ground), scale(ground)
        for part in np.linspace(1.0, 0.25, rings):
            disc = ball(spot, size * float(part) * zoom, 0.17, 18)
            sheet.add(disc, FLOOR_SHADOW, near)


def eyelids(score: Score, t: Floats) -> tuple[Floats, Floats]:
    """Return how far (T,) leader's and follower's eyes are closed, in blinks and
    during gestures.
    """
    his = np.where(np.abs((t + 1.3) % 6.5 - 3.2) < 0.13, 1.0, 0.0)
    hers = np.where(np.abs((t + 4.1) % 7.0 - 3.5) < 0.13, 1.0, 0.0)
    for flourish in score.flourishes:
        dreams = flourish.gesture in ("wave", "head roll", "dip back")
        inside = (t > flourish.start + 0.6) & (t < flourish.start + flourish.beats - 0.6)
        if dreams and flourish.role == "follower":
            hers = np.where(inside, 1.0, hers)
    return his, hers


def earlier(score: Score, t: Floats) -> tuple[Trunk, ...]:
    """Return the follower's trunk at earlier beats than `t`, one for each of ECHOES."""
    # One call for all beats takes a third of the time of one call for each echo.
    once = stand(score, "follower", np.concatenate([t - late for late in ECHOES]))
    return tuple(once.cut(slice(k * len(t), (k + 1) * len(t))) for k in range(len(ECHOES)))


def draw_couple(score: Score, t: Floats) -> Sheet:
    """Return all patches of the couple at beats `t` (T,)."""
    sheet = Sheet()
    danced = pose(score, t)
    echoes = earlier(score, t)
    his_eyes, her_eyes = eyelids(score, t)
    draw_shadows(sheet, danced.leader)
    draw_shadows(sheet, danced.follower)
    draw_leader(sheet, danced.leader, his_eyes)
    draw_follower(sheet, danced.follower, echoes, her_eyes)
    return sheet
