"""The possible meanings of a word in a description."""

from enum import Enum, StrEnum, auto
from typing import TypeAlias

import msgspec

from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Style


class TempoRange(msgspec.Struct, frozen=True):
    """A range of tempos, in beats per minute."""

    slowest: float
    fastest: float

    def distance(self, tempo: float) -> float:
        """Return the distance from the range to a tempo in beats per minute; 0 inside."""
        return max(0.0, self.slowest - tempo, tempo - self.fastest)


SLOW, MEDIUM, FAST = TempoRange(30, 118), TempoRange(117, 131), TempoRange(130, 300)
"""Slow, medium and fast for bachata, whose median is about 124 BPM."""


class Facet(StrEnum):
    """A property of a dance that a word can describe."""

    DIFFICULTY = auto()
    ENERGY = auto()
    STYLE = auto()
    TEMPO = auto()
    LENGTH = auto()
    FIGURE = auto()


class Place(StrEnum):
    """A position in the dance for a figure."""

    FIRST = "first"
    THEN = "then"
    """After the figure that the text names before it."""
    AFTER_BREAK = "after_break"
    """The point at which the song continues after its break."""
    LAST = "last"


Value: TypeAlias = Difficulty | Energy | Style | TempoRange | float | str


class Meaning(msgspec.Struct, frozen=True):
    """The value that a word gives to one property of a dance."""

    facet: Facet
    value: Value
    mood: bool = False
    """True if the word only suggests it; an explicit value wins."""


class Role(Enum):
    """The function of a word in its sentence."""

    TERM = auto()
    FILLER = auto()
    """It has no meaning for the dance."""
    NEGATOR = auto()
    """It excludes the words after it."""
    RETURN = auto()
    """It ends the exclusion of the words after it."""
    ORDER = auto()
    """It gives the position of a figure in the dance."""
    ELSEWHERE = auto()
    """It names a position that users cannot request."""


class Entry(msgspec.Struct, frozen=True):
    """A word or phrase of the lexicon."""

    role: Role
    meanings: tuple[Meaning, ...] = ()
    """The meanings of the words; for an order word, those that it has without a figure."""
    place: Place | None = None
    either_side: bool = False
    """True if an order word may follow its figure, as in "a dip at the end"."""
