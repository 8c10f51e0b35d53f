"""A move of the library: a filmed figure and what is known of it."""

from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from domain.blueprint.model import Difficulty, StoragePath
from domain.library.corrections import Correction
from domain.shared.texts import Shown

Tempo = Annotated[float, Meta(ge=30, le=300, description="Beats a minute.")]


class Energy(StrEnum):
    """How much is going on in a move or a section."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Style(StrEnum):
    """The character of a move."""

    ROMANTIC = "romantic"
    SENSUAL = "sensual"
    PLAYFUL = "playful"
    ENERGETIC = "energetic"


LEVEL = {Energy.LOW: 0.25, Energy.MEDIUM: 0.55, Energy.HIGH: 0.85}
"""Where an energy lies between 0 and 1, the scale of a song's sections."""

INTRO, OUTRO = "intros", "outro"
"""Labels of the moves that open and close a dance."""


UNSURE: Final = 0.6
"""Confidence below which a clip's beats may be wrong.

Of 19 real bachata clips the five below it are those that are heard half a beat off, at half their
tempo, or with a fifth of the steps beside the beat; the fourteen above it have every step on it.
"""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A filmed move."""

    id: str
    name: Shown
    label: Shown
    video_path: StoragePath
    difficulty: Difficulty
    energy_level: Energy
    style: Style
    duration: Annotated[float, Meta(gt=0, description="Seconds the clip lasts.")]
    tempo: Tempo
    """Tempo of the clip as filmed."""
    first_count: Annotated[float, Meta(ge=0, description="Seconds to the clip's first '1'.")] = 0
    beats: tuple[float, ...] = ()
    """Seconds to each beat of the clip's own sound, where they are known."""
    unusable: str | None = None
    """Why no film can be made of the clip; null where one can, or nobody has tried."""
    confidence: Annotated[float, Meta(ge=0, le=1)] | None = None
    """How sure it is where the beats of the clip are; null where nobody has noted it down.

    Below `UNSURE` it may well be half a beat beside them, or at twice or half their tempo.
    """
    correction: Correction | None = None
    """What a person says of the clip's time, which tempo, first count and beats heed already."""

    @property
    def doubt(self) -> float:
        """How unsure it is where the beats are, from 0 for sure to 1; 0 where nobody knows."""
        return 0.0 if self.confidence is None else max(0.0, 1 - self.confidence / UNSURE)

    @property
    def eight_count(self) -> float:
        """Seconds of eight counts in the clip."""
        return 8 * 60 / self.tempo

    @property
    def eight_counts(self) -> int:
        """Whole eight-counts from the first "1"; a clip may end some frames early."""
        return int((self.duration - self.first_count + 0.1) / self.eight_count)
