"""Map each move of the catalogue to its figure and to the landings of its feet."""

from collections.abc import Callable
from functools import cache

from adapters.demo.dance.catalogue import DemoMove
from adapters.demo.dance.figures import basics, frames, play, sensual, turns
from adapters.demo.dance.score import Role, Score, Side

FIGURES: dict[str, Callable[[], Score]] = {
    "side-basic": basics.side_basic,
    "basic-in-place": basics.basic_in_place,
    "forward-and-back": basics.forward_and_back,
    "box-step": basics.box_step,
    "hips-on-the-tap": basics.hips_on_the_tap,
    "closed-basic": basics.closed_basic,
    "bolero-sway": basics.bolero_sway,
    "bolero-round": basics.bolero_round,
    "lady-left-turn": turns.lady_left_turn,
    "lady-right-turn": turns.lady_right_turn,
    "leader-turn": turns.leader_turn,
    "double-turn": turns.double_turn,
    "both-turn": turns.both_turn,
    "cross-body-lead": turns.cross_body_lead,
    "cross-body-turn": turns.cross_body_turn,
    "hammerlock": turns.hammerlock,
    "hammerlock-walk": turns.hammerlock_walk,
    "shadow-position": sensual.shadow_position,
    "shadow-wave": sensual.shadow_wave,
    "shadow-hips": sensual.shadow_hips,
    "dip": sensual.dip,
    "side-dip": sensual.side_dip,
    "body-wave": sensual.body_wave,
    "body-wave-together": sensual.body_wave_together,
    "hip-roll": sensual.hip_roll,
    "hip-circles": sensual.hip_circles,
    "head-roll": sensual.head_roll,
    "double-head-roll": sensual.double_head_roll,
    "madrid": play.madrid,
    "syncopated": play.syncopated,
    "crossed-taps": play.crossed_taps,
    "arm-styling": play.arm_styling,
    "open-styling": play.open_styling,
    "golpes": play.golpes,
    "short-golpes": play.short_golpes,
    "walk-in": frames.walk_in,
    "invitation": frames.invitation,
    "closing-picture": frames.closing_picture,
    "closing-embrace": frames.closing_embrace,
}


@cache
def score_of(move: DemoMove) -> Score:
    """Return the score of a move."""
    return FIGURES[move.slug]()


def foot_landings(move: DemoMove) -> tuple[tuple[float, Role, Side], ...]:
    """Return every landing of a foot inside the clip: beat (count 1 is 0), dancer, foot."""
    score = score_of(move)
    roles: tuple[Role, Role] = ("leader", "follower")
    return tuple(
        sorted(
            (step.beat, role, step.side)
            for role in roles
            for step in score.part(role).steps
            if 0 <= step.beat < score.counts
        )
    )
