"""The couple's motion: feet on the beat, bones of one length, hands that hold."""

from functools import cache

import numpy as np
import pytest

from adapters.demo.dance.build import build_of
from adapters.demo.dance.catalogue import MOVES, DemoMove
from adapters.demo.dance.curves import Floats
from adapters.demo.dance.repertoire import foot_landings, score_of
from adapters.demo.dance.score import Hold, Role, Side
from adapters.demo.dance.skeleton import joints, shares

ROLES: tuple[Role, Role] = ("leader", "follower")
PER_BEAT = 16
# Metres a second. Elbows swing fastest, where an arm folds on its way over the head.
FASTEST = {"elbow": 9.0, "hand": 6.0, "ball": 5.0, "ankle": 5.0, "toe": 5.0, "knee": 5.0}
# In each hold: which hand of his holds which hand of hers.
JOINED_HANDS: dict[Hold, tuple[tuple[Side, Side], ...]] = {
    "open": (("left", "right"), ("right", "left")),
    "closed": (("left", "right"),),
    "lady turning": (("left", "right"),),
    "leader turning": (("left", "right"),),
    "hammerlock": (("left", "right"), ("right", "left")),
    "shadow": (("left", "left"), ("right", "right")),
    "wrapped": (("left", "left"), ("right", "right")),
    "lady styling": (("left", "right"),),
    "flourish": (("left", "right"),),
}
EVERY_MOVE = pytest.mark.parametrize("move", MOVES, ids=[move.slug for move in MOVES])


def beats_of(move: DemoMove) -> Floats:
    """Beats all through a move, every count among them."""
    return np.arange(8 * move.eight_counts * PER_BEAT) / PER_BEAT


@cache
def danced(move: DemoMove) -> dict[Role, dict[str, Floats]]:
    """Every joint all through a move."""
    return joints(score_of(move), beats_of(move))


@EVERY_MOVE
def test_every_foot_lands_on_its_count(move: DemoMove) -> None:
    landed = foot_landings(move)
    around = np.array([-0.3, -0.02, -0.002, 0.0, 0.02])
    body = joints(score_of(move), np.concatenate([beat + around for beat, _, _ in landed]))
    for k, (_, role, side) in enumerate(landed):
        ball = body[role][f"{side}_ball"][5 * k : 5 * k + 5]
        floor = build_of(role).sole
        assert ball[0, 1] > floor + 0.01, "in the air before the count"
        assert ball[3, 1] == pytest.approx(floor, abs=1e-9)
        assert ball[4] == pytest.approx(ball[3], abs=1e-9)
        speed = np.linalg.norm(ball[3] - ball[2]) / 0.002
        assert speed < 0.02, "at rest as it lands"


@EVERY_MOVE
def test_three_counts_step_and_the_fourth_taps_or_rests(move: DemoMove) -> None:
    landed = {(beat, role) for beat, role, _ in foot_landings(move)}
    if score_of(move).enters and score_of(move).leaves:
        assert {(float(beat), role) for beat in (0, 2, 3) for role in ROLES} <= landed


@EVERY_MOVE
def test_planted_feet_do_not_slide(move: DemoMove) -> None:
    for role in ROLES:
        for side in ("left", "right"):
            ball = danced(move)[role][f"{side}_ball"]
            down = ball[:, 1] < build_of(role).sole + 1e-6
            still = down[1:] & down[:-1]
            slide = np.linalg.norm(np.diff(ball, axis=0), axis=1)[still]
            assert slide.max(initial=0.0) < 0.002


@EVERY_MOVE
def test_no_foot_goes_through_the_floor(move: DemoMove) -> None:
    for role in ROLES:
        for side in ("left", "right"):
            for joint in ("ball", "toe", "ankle"):
                assert danced(move)[role][f"{side}_{joint}"][:, 1].min() > 0.0


@EVERY_MOVE
def test_one_foot_is_always_on_the_floor(move: DemoMove) -> None:
    for role in ROLES:
        feet = [danced(move)[role][f"{side}_ball"][:, 1] for side in ("left", "right")]
        assert np.min(feet, axis=0).max() < build_of(role).sole + 0.004


@EVERY_MOVE
def test_bones_keep_their_lengths(move: DemoMove) -> None:
    for role in ROLES:
        build, body = build_of(role), danced(move)[role]
        bones = [
            ("pelvis", "waist", build.low_back),
            ("waist", "chest", build.back),
            ("chest", "neck", build.high_back),
            ("neck", "head", build.neck),
        ]
        for side in ("left", "right"):
            bones += [
                (f"{side}_hip", f"{side}_knee", build.thigh),
                (f"{side}_knee", f"{side}_ankle", build.shin),
                (f"{side}_ankle", f"{side}_ball", build.instep),
                (f"{side}_shoulder", f"{side}_elbow", build.upper_arm),
                (f"{side}_elbow", f"{side}_hand", build.forearm),
                ("pelvis", f"{side}_hip", build.hip_half),
            ]
        for one, other, length in bones:
            lengths = np.linalg.norm(body[one] - body[other], axis=1)
            assert np.abs(lengths - length).max() < 0.001, (role, one, other)


@EVERY_MOVE
def test_held_hands_stay_together(move: DemoMove) -> None:
    score, beats = score_of(move), beats_of(move)
    for hold, share in shares(score, beats):
        for his, hers in JOINED_HANDS.get(hold, ()):
            apart = np.linalg.norm(
                danced(move)["leader"][f"{his}_hand"] - danced(move)["follower"][f"{hers}_hand"],
                axis=1,
            )
            assert apart[share > 0.999].max(initial=0.0) < 0.03, hold


@EVERY_MOVE
def test_the_couple_never_rests_and_never_jumps(move: DemoMove) -> None:
    seconds = 60 / move.tempo / PER_BEAT
    for role in ROLES:
        speeds = {
            joint: np.linalg.norm(np.diff(way, axis=0), axis=1) / seconds
            for joint, way in danced(move)[role].items()
        }
        for joint, speed in speeds.items():
            assert speed.max() < FASTEST.get(joint.split("_")[-1], 4.0), (role, joint)
        if score_of(move).leaves and score_of(move).enters:
            assert np.max(list(speeds.values()), axis=0).min() > 0.02


@EVERY_MOVE
def test_the_couple_stays_on_the_stage_and_does_not_fall_over(move: DemoMove) -> None:
    for role in ROLES:
        pelvis, head = danced(move)[role]["pelvis"], danced(move)[role]["head"]
        assert np.abs(pelvis[:, 0]).max() < 1.3
        assert np.abs(pelvis[:, 2]).max() < 1.0
        assert pelvis[:, 1].min() > 0.6
        assert head[:, 1].min() > 0.85


def test_moves_that_join_meet_in_the_same_position() -> None:
    joining = [m for m in MOVES if score_of(m).enters and score_of(m).leaves]
    assert len(joining) >= 24
    ends: list[Floats] = []
    for move in joining:
        last = joints(score_of(move), np.array([8.0 * move.eight_counts]))
        ends.append(np.stack([last[role]["chest"][0] for role in ROLES]))
    spread = np.ptp(np.array(ends), axis=0)
    assert spread.max() < 0.25


def test_the_hip_answers_the_tap() -> None:
    basic = next(move for move in MOVES if move.slug == "side-basic")
    around = joints(score_of(basic), np.array([2.6, 3.06, 3.7]))["follower"]
    raised = around["left_hip"][:, 1] - around["right_hip"][:, 1]
    assert raised[1] > raised[0] + 0.01
    assert raised[1] > raised[2] + 0.01
