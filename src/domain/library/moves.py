"""A move of the library: a filmed figure and its properties."""

from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from domain.blueprint.model import Difficulty, StoragePath
from domain.library.corrections import Correction
from domain.shared.texts import Shown

Tempo = Annotated[float, Meta(ge=30, le=300, description="Beats per minute.")]


class Energy(StrEnum):
    """Level of energy in a move or in a section of a song."""

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
"""Value of each energy level on the scale of a song's sections, 0 to 1."""

INTRO, OUTRO = "intros", "outro"
"""Labels of the moves that open and close a dance."""


UNSURE: Final = 0.6
"""Confidence below which the beats of a clip may be wrong.

Of 19 real bachata clips the five below it have beats that are off by half a beat, at half the
tempo, or beside a fifth of the steps; in the fourteen above it every step is on a beat.
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
    """Seconds to each beat of the clip's own sound, if they are known."""
    unusable: str | None = None
    """Reason why no film can be made of the clip; null if one can, or if nobody has tried."""
    confidence: Annotated[float, Meta(ge=0, le=1)] | None = None
    """Confidence in the beats of the clip; null if no analysis recorded it.

    Below `UNSURE` the beats may be off by half a beat, or at double or half the tempo.
    """
    beats_from: str | None = None
    """Id of the move whose clip has the same recording and lent its beats; null for own beats."""
    correction: Correction | None = None
    """A user's correction of the beats, which tempo, first count and beats already include."""

    @property
    def doubt(self) -> float:
        """Uncertainty of the beats, from 0 (certain) to 1; 0 if the confidence is unknown."""
        return 0.0 if self.confidence is None else max(0.0, 1 - self.confidence / UNSURE)

    @property
    def eight_count(self) -> float:
        """Duration of one eight-count of the clip, in seconds."""
        return 8 * 60 / self.tempo

    @property
    def eight_counts(self) -> int:
        """Number of whole eight-counts from the first "1"; the last may be a few frames short."""
        return int((self.duration - self.first_count + 0.1) / self.eight_count)
