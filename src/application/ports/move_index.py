"""Who finds the moves that are most like something."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from domain.blueprint.model import Difficulty
from domain.library.embeddings import Fused
from domain.library.moves import Energy, Style

HARDNESS = tuple(Difficulty)
"""From the easiest on."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A move as it is searched.

    It holds no containers: the garbage collector, which stops all else, need not look at it.
    """

    move_id: str
    label: str
    difficulty: Difficulty
    energy_level: Energy
    style: Style
    vector: Fused


class Among(msgspec.Struct, frozen=True, kw_only=True):
    """Which moves are searched; what is None does not matter."""

    label: str | None = None
    difficulty: Difficulty | None = None
    """The hardest one wanted."""
    energy_level: Energy | None = None
    style: Style | None = None
    banned: frozenset[str] = frozenset()
    """Ids of moves that are not wanted."""


class Near(msgspec.Struct, frozen=True):
    """A move that was found."""

    move_id: str
    score: float
    """Inner product of the two fused rows; -0.335 to 0.335 where all parts are there."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, the nearest first, all in one version of the library."""

    version: str
    moves: tuple[Near, ...]


class MoveIndex(Protocol):
    """The moves of one version of the library, searched by likeness.

    Answers are exact: the highest inner products there are, each to the last bit, moves of the
    same score in the order of their ids. A search sees one version from start to end, whatever is
    swapped meanwhile; neither searching nor swapping holds up the event loop.
    """

    @property
    def version(self) -> str | None:
        """Which version of the library is searched; None before the first."""
        ...

    async def swap(self, version: str, entries: Sequence[Entry]) -> None:
        """Search ``entries``, whose ids differ, from now on, all at once.

        Swaps take place one after another in the order they were asked for. One that fails or is
        cancelled leaves what was there.
        """
        ...

    async def restore(self, version: str) -> bool:
        """Take up this version as it was stored before; False when it was not, or is spoiled."""
        ...

    async def nearest(self, query: Fused, most: int, among: Among) -> Found:
        """Return the up to ``most`` nearest; raises `NotReady` before the first version."""
        ...

    async def ready(self) -> str:
        """Say what is searched and by what means, or raise `NotReady`."""
        ...
