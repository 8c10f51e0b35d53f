"""Who understands what a dancer asks for, and has ideas for the dance."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Protocol

import msgspec
from msgspec import Meta

from domain.library.moves import Move
from domain.library.songs import Song
from domain.text_query.words import Asked


class Reader(StrEnum):
    """Who read a description."""

    GEMINI = "gemini"
    RULES = "rules"


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """What a description asks for."""

    asked: Asked
    by: Reader
    degradations: tuple[str, ...] = ()
    """Sentences on what was not done as it should have been."""


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase of the song that one move is danced to, and the moves that may be."""

    energy: Annotated[float, Meta(ge=0, le=1)]
    candidates: tuple[str, ...]
    """Ids of moves."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """An idea of a dance, which the planner weighs with its own rules."""

    move_ids: tuple[str | None, ...]
    """The move proposed for each slot; None leaves it to the planner."""
    degradations: tuple[str, ...] = ()


class DescriptionModel(Protocol):
    """Understands descriptions in English and Spanish, and proposes moves.

    Never raises for a service that is away, slow, or talks nonsense: what it would have done is
    then done by rules, or left to the planner, and ``degradations`` say so. Both questions about
    a dance end within one time limit. Takes descriptions for data: nothing in one makes it do
    anything else.
    """

    async def parse(self, text: str, songs: Sequence[Song], labels: Sequence[str]) -> Parsed:
        """Understand any text.

        The song it names is one of ``songs``; every figure it names is one of ``labels`` or of
        `domain.text_query.figures`.
        """
        ...

    async def order(
        self, text: str, slots: Sequence[Slot], moves: Sequence[Move], spent: float = 0.0
    ) -> Proposal:
        """Propose moves for the slots of a song that suit a description.

        The proposal is as long as ``slots``; each move is a candidate of its slot. ``moves`` are
        those that the candidates are ids of, ``spent`` the seconds of the time limit that went by
        while the same description was understood.
        """
        ...

    async def ready(self) -> None:
        """Get ready ahead of the first question, where that takes time; never raises."""
        ...
