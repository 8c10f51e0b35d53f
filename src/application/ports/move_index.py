"""Port for the search for similar moves."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from domain.blueprint.model import Difficulty
from domain.library.embeddings import Fused
from domain.library.moves import Energy, Style

HARDNESS = tuple(Difficulty)
"""Difficulties, the easiest first."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A move in the index.

    It contains no containers, so that the garbage collector, which pauses everything else, need not
    scan it.
    """

    move_id: str
    label: str
    difficulty: Difficulty
    energy_level: Energy
    style: Style
    vector: Fused


class Among(msgspec.Struct, frozen=True, kw_only=True):
    """A filter for moves; None matches all."""

    label: str | None = None
    difficulty: Difficulty | None = None
    """Maximum difficulty."""
    energy_level: Energy | None = None
    style: Style | None = None
    banned: frozenset[str] = frozenset()
    """Ids of excluded moves."""


class Near(msgspec.Struct, frozen=True):
    """A search result."""

    move_id: str
    score: float
    """Inner product of the two fused vectors; -0.335 to 0.335 if all parts are present."""


class SearchResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a search, the nearest first, from a single version of the library."""

    version: str
    moves: tuple[Near, ...]


class MoveIndex(Protocol):
    """Searches the moves of one version of the library by similarity.

    Results are exact: the highest inner products, each to the last bit, with ties in the order of
    the ids. A search uses one version from start to end, whatever is swapped meanwhile; neither
    searching nor swapping blocks the event loop.
    """

    @property
    def version(self) -> str | None:
        """Current version of the library in the index; None before the first."""
        ...

    async def swap(self, version: str, entries: Sequence[Entry]) -> None:
        """Replace the index atomically by ``entries``, whose ids are unique.

        Swaps happen one after another in the order of the calls. A swap that fails or is cancelled
        leaves the previous index.
        """
        ...

    async def restore(self, version: str) -> bool:
        """Load the stored index of this version; return False if it is missing or corrupt."""
        ...

    async def nearest(self, query: Fused, most: int, among: Among) -> SearchResult:
        """Return up to ``most`` nearest moves; raises `NotReady` before the first version."""
        ...

    async def ready(self) -> str:
        """Return a description of the index; raises `NotReady`."""
        ...
