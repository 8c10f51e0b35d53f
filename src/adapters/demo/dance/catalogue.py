"""The bachata moves of the demo library, with their labels, levels and tempos."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Difficulty: TypeAlias = Literal["beginner", "intermediate", "advanced"]
Energy: TypeAlias = Literal["low", "medium", "high"]
Style: TypeAlias = Literal["romantic", "sensual", "playful", "energetic"]


@dataclass(frozen=True, slots=True)
class DemoMove:
    """A clip of the demo library: `tempo` in beats per minute, its length in eight-counts."""

    slug: str
    name: str
    label: str
    difficulty: Difficulty
    energy: Energy
    style: Style
    tempo: float
    eight_counts: int = 2


MOVES: tuple[DemoMove, ...] = (
    DemoMove("side-basic", "Side basic", "basic", "beginner", "medium", "playful", 126.0),
    DemoMove("basic-in-place", "Basic in place", "basic", "beginner", "low", "romantic", 122.0),
    DemoMove(
        "forward-and-back",
        "Forward and back basic",
        "basic",
        "beginner",
        "medium",
        "energetic",
        128.0,
    ),
    DemoMove("box-step", "Box step", "basic", "beginner", "low", "romantic", 120.0),
    DemoMove("hips-on-the-tap", "Basic with hips", "basic", "beginner", "high", "playful", 130.0),
    DemoMove("closed-basic", "Basic in close hold", "basic", "beginner", "low", "sensual", 121.0),
    DemoMove("bolero-sway", "Bolero sway", "bolero", "beginner", "low", "romantic", 118.0),
    DemoMove(
        "bolero-round", "Bolero in the round", "bolero", "intermediate", "medium", "romantic", 119.5
    ),
    DemoMove(
        "lady-left-turn", "Lady's left turn", "ladyturn", "beginner", "medium", "romantic", 124.0
    ),
    DemoMove(
        "lady-right-turn", "Lady's right turn", "ladyturn", "beginner", "medium", "playful", 125.0
    ),
    DemoMove("leader-turn", "Leader's turn", "spin", "intermediate", "medium", "playful", 127.0),
    DemoMove("double-turn", "Double turn", "spin", "advanced", "high", "energetic", 124.0),
    DemoMove(
        "both-turn", "Turn and turn about", "spin", "intermediate", "high", "energetic", 130.0
    ),
    DemoMove(
        "cross-body-lead",
        "Cross body lead",
        "cross_body_lead",
        "intermediate",
        "medium",
        "energetic",
        126.5,
    ),
    DemoMove(
        "cross-body-turn",
        "Cross body lead with turn",
        "cross_body_lead",
        "advanced",
        "high",
        "energetic",
        128.5,
    ),
    DemoMove("hammerlock", "Hammerlock", "hammerlock", "intermediate", "medium", "playful", 125.5),
    DemoMove(
        "hammerlock-walk",
        "Hammerlock walk around",
        "hammerlock",
        "advanced",
        "medium",
        "romantic",
        123.0,
    ),
    DemoMove(
        "shadow-position", "Shadow position", "shadow", "intermediate", "low", "romantic", 121.5
    ),
    DemoMove("shadow-wave", "Shadow wave", "shadow", "advanced", "low", "sensual", 119.0),
    DemoMove("shadow-hips", "Shadow hip rolls", "hiprolls", "advanced", "high", "sensual", 123.5),
    DemoMove("dip", "Dip", "style", "advanced", "high", "sensual", 122.0),
    DemoMove("side-dip", "Side dip", "style", "advanced", "medium", "sensual", 120.5),
    DemoMove("body-wave", "Body wave", "bodywaves", "intermediate", "low", "sensual", 120.0),
    DemoMove(
        "body-wave-together",
        "Body wave together",
        "bodywaves",
        "advanced",
        "medium",
        "sensual",
        121.0,
    ),
    DemoMove("hip-roll", "Hip roll", "hiprolls", "intermediate", "medium", "sensual", 122.5),
    DemoMove("hip-circles", "Hip circles", "hiprolls", "intermediate", "high", "playful", 127.5),
    DemoMove("head-roll", "Head roll", "headrolls", "intermediate", "low", "sensual", 119.0),
    DemoMove(
        "double-head-roll", "Double head roll", "headrolls", "advanced", "high", "energetic", 124.5
    ),
    DemoMove("madrid", "Madrid footwork", "footwork", "intermediate", "high", "energetic", 131.0),
    DemoMove("syncopated", "Syncopated footwork", "footwork", "advanced", "high", "playful", 132.0),
    DemoMove(
        "crossed-taps", "Crosses and taps", "footwork", "intermediate", "high", "playful", 129.0
    ),
    DemoMove("arm-styling", "Arm styling", "arm_styling", "beginner", "low", "romantic", 123.0),
    DemoMove(
        "open-styling",
        "Open arm styling",
        "arm_styling",
        "intermediate",
        "medium",
        "energetic",
        127.0,
    ),
    DemoMove("golpes", "Golpes", "golpes", "intermediate", "high", "energetic", 131.5),
    DemoMove("short-golpes", "Double golpes", "golpes", "advanced", "high", "playful", 130.5, 1),
    DemoMove("walk-in", "Walk-in", "intros", "beginner", "low", "romantic", 120.0),
    DemoMove("invitation", "Invitation", "intros", "beginner", "medium", "playful", 126.0, 1),
    DemoMove(
        "closing-picture", "Closing picture", "outro", "intermediate", "high", "energetic", 128.0
    ),
    DemoMove("closing-embrace", "Closing embrace", "outro", "beginner", "low", "sensual", 121.0, 1),
)
