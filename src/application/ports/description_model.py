"""Port for the interpretation of descriptions and for proposals of moves."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Protocol

import msgspec
from msgspec import Meta

from domain.library.moves import Move
from domain.library.songs import Song
from domain.shared.result_warnings import ResultWarning
from domain.text_query.words import Asked


class Reader(StrEnum):
    """The part that interpreted a description: a Gemini model or rules."""

    GEMINI = "gemini"
    RULES = "rules"


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """The requested properties of a description."""

    request: Asked
    by: Reader
    warnings: tuple[ResultWarning, ...] = ()
    """Warnings about the interpretation."""


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase of the song for one move, with its candidates."""

    energy: Annotated[float, Meta(ge=0, le=1)]
    candidates: tuple[str, ...]
    """Ids of moves."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """Proposed moves, which the planner weighs with its own rules."""

    move_ids: tuple[str | None, ...]
    """The proposed move for each slot; None leaves it to the planner."""
    warnings: tuple[ResultWarning, ...] = ()


class DescriptionModel(Protocol):
    """Interprets descriptions in English and Spanish, and proposes moves.

    It never raises because a service is unavailable, slow, or returns nonsense: rules or the
    planner then replace the missing result, and ``warnings`` say so. Both questions about a
    dance share one time limit. Descriptions are data: no text in them changes the behaviour.
    """

    async def parse(self, text: str, songs: Sequence[Song], labels: Sequence[str]) -> Parsed:
        """Interpret any text.

        The requested song is one of ``songs``; every requested figure is one of ``labels`` or of
        `domain.text_query.figures`.
        """
        ...

    async def order(
        self, text: str, slots: Sequence[Slot], moves: Sequence[Move], spent: float = 0.0
    ) -> Proposal:
        """Propose moves for the slots of a song that match a description.

        The proposal has the length of ``slots``; each move is a candidate of its slot. ``moves``
        contain all candidates; ``spent`` is the part of the time limit, in seconds, that the
        interpretation of the same description used.
        """
        ...

    async def ready(self) -> None:
        """Prepare for the first question if that takes time; never raises."""
        ...
