"""What a word of a description can say."""

from enum import Enum, StrEnum, auto
from typing import TypeAlias

import msgspec

from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Style


class TempoRange(msgspec.Struct, frozen=True):
    """Tempos from the slowest to the fastest, in beats a minute."""

    slowest: float
    fastest: float

    def distance(self, tempo: float) -> float:
        """Beats a minute from here to a tempo; 0 within."""
        return max(0.0, self.slowest - tempo, tempo - self.fastest)


SLOW, MEDIUM, FAST = TempoRange(30, 118), TempoRange(117, 131), TempoRange(130, 300)
"""What is slow and fast among bachatas, whose middle is about 124 BPM."""


class Facet(StrEnum):
    """A side of a dance that words are about."""

    DIFFICULTY = auto()
    ENERGY = auto()
    STYLE = auto()
    TEMPO = auto()
    LENGTH = auto()
    FIGURE = auto()


class Place(StrEnum):
    """Where in a dance a figure is wanted."""

    FIRST = "first"
    THEN = "then"
    """After the figure that was named before it."""
    AFTER_BREAK = "after_break"
    """Where the song goes on after its break."""
    LAST = "last"


Value: TypeAlias = Difficulty | Energy | Style | TempoRange | float | str


class Meaning(msgspec.Struct, frozen=True):
    """What a word says about one side of a dance."""

    facet: Facet
    value: Value
    mood: bool = False
    """Whether it is only suggested: what is said outright wins."""


class Role(Enum):
    """What a word does in its sentence."""

    TERM = auto()
    FILLER = auto()
    """Says nothing about the dance."""
    NEGATOR = auto()
    """What follows is not wanted."""
    RETURN = auto()
    """What follows is wanted again."""
    ORDER = auto()
    """Says where in the dance a figure is wanted."""
    ELSEWHERE = auto()
    """Says a place of the dance that cannot be asked for."""


class Entry(msgspec.Struct, frozen=True):
    """A word or phrase of the lexicon."""

    role: Role
    meanings: tuple[Meaning, ...] = ()
    """Of an order word: what it says where it orders no figure."""
    place: Place | None = None
    either_side: bool = False
    """Whether an order word may follow its figure, as in "a dip at the end"."""
