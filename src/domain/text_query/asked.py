"""What a description asks for."""

import msgspec

from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Style
from domain.text_query.figure_requests import FigureRequest
from domain.text_query.meanings import TempoRange


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """Words of a description and what they became."""

    words: str
    """As they were written."""
    meaning: str
    """A side of the dance and its value, as in "style: romantic" or "no figure: dip"."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for; what is None or empty was not mentioned."""

    song_id: str | None = None
    artist: str | None = None
    """Whose song it is to be, when no song is named."""
    difficulty: Difficulty | None = None
    """The hardest move wanted."""
    energy_level: Energy | None = None
    style: Style | None = None
    tempo: TempoRange | None = None
    seconds: float | None = None
    """How long the dance is to be, 5 to 900 s."""
    figures: tuple[str, ...] = ()
    """Figures wanted: names of `domain.text_query.figures`, or labels of moves."""
    unwanted: tuple[str, ...] = ()
    """Figures that are not wanted."""
    unwanted_styles: tuple[Style, ...] = ()
    requests: tuple[FigureRequest, ...] = ()
    """Figures wanted in a place, or a number of times, in the order of the text."""
    understood: tuple[Understood, ...] = ()
    not_understood: tuple[str, ...] = ()
    """Words that had no effect, as they were written, each once."""

    @property
    def nothing(self) -> bool:
        """Whether nothing was understood."""
        bare = msgspec.structs.replace(self, understood=(), not_understood=())
        return bare == Asked()
