"""Shots: everything that is seen in one scene."""

from typing import Final, Literal

import msgspec

from domain.scripts.movement import Movement
from domain.scripts.palettes import Mood

ShotStyle = Literal["card", "caption"]
"""`card`: the words are the picture, large, on a drawn background. `caption`: words over a picture,
in its lower part.
"""

SCENE_CLIPS: Final = "assets/clips/"
"""Storage folder of the finished scene clips: the service alone writes it."""


class ShownText(msgspec.Struct, frozen=True, kw_only=True):
    """Words, and the frames of the scene in which they are shown."""

    text: str
    first: int
    frames: int


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """The picture of one scene, its words and its movement."""

    texts: tuple[ShownText, ...]
    frames: int
    """Duration in frames; texts beyond it are cut off in time."""
    style: ShotStyle
    mood: Mood
    seed: int
    movement: Movement
