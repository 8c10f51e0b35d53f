"""The styles of music songs are written in, read from `styles.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Bar = Annotated[str, Meta(pattern=r"^[.1-9]+$(?!\n)")]
"""Four signs a beat, from `.` (nothing) to `9` (as loud as it gets)."""

Playing = Literal[
    "pad",
    "halves",
    "stabs",
    "broken",
    "strummed",
    "segunda",
    "offbeats",
    "montuno",
    "riff",
    "nothing",
]
"""A way of playing chords."""


class Layer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The pattern of one percussion instrument."""

    hit: str
    chance: float
    bars: list[Bar]


class Style(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The common properties of songs of one style; `styles.toml` explains the fields."""

    bpm: tuple[float, float]
    weight: float
    kits: list[int]
    bass_sounds: list[int]
    chord_sounds: list[int]
    lead_sounds: list[int]
    bass: list[Bar]
    drums: list[Layer]
    chords: list[Playing] = msgspec.field(
        default_factory=lambda: [
            *("pad", "stabs", "broken", "strummed", "halves", "offbeats", "nothing"),
        ]
    )
    swing: Literal["none", "eighths", "sixteenths"] = "none"
    walking: bool = False
    beats: int = 4
    halfway: float = 0.0
    """Probability of a chord change in the middle of a bar, too."""


@cache
def styles() -> dict[str, Style]:
    """All styles by name; raises `msgspec.ValidationError` where the file says nonsense."""
    text = Path(__file__).with_name("styles.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Style])


def levels(bar: Bar) -> list[float]:
    """A pattern's velocities from 0 to 1."""
    return [0.0 if sign == "." else int(sign) / 9 for sign in bar]
