"""The result of understanding a description: the requested properties of a dance."""

import msgspec

from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Style
from domain.text_query.figure_requests import FigureRequest
from domain.text_query.meanings import TempoRange


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """Some words of a description, and their meaning."""

    words: str
    """The words as the user wrote them."""
    meaning: str
    """A property of the dance and its value, as in "style: romantic" or "no figure: dip"."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The requested properties; null or empty if the description does not mention one."""

    song_id: str | None = None
    """Id of the song that the description names."""
    artist: str | None = None
    """The artist of the song, if the description names no song."""
    difficulty: Difficulty | None = None
    """Maximum difficulty of the moves."""
    energy_level: Energy | None = None
    """Energy level of the dance."""
    style: Style | None = None
    """Character of the dance."""
    tempo: TempoRange | None = None
    seconds: float | None = None
    """Duration of the dance, 5 to 900 seconds."""
    figures: tuple[str, ...] = ()
    """Requested figures: names such as "dip", or labels of moves."""
    unwanted: tuple[str, ...] = ()
    """Excluded figures."""
    unwanted_styles: tuple[Style, ...] = ()
    """Excluded styles."""
    requests: tuple[FigureRequest, ...] = ()
    """Figures requested at a position or a number of times, in the order of the text."""
    understood: tuple[Understood, ...] = ()
    """Words that had an effect."""
    not_understood: tuple[str, ...] = ()
    """Words that had no effect, as the user wrote them."""

    @property
    def nothing(self) -> bool:
        """True if the description requests nothing."""
        bare = msgspec.structs.replace(self, understood=(), not_understood=())
        return bare == Asked()
