"""Port for the source of the demo library."""

from pathlib import Path
from typing import Protocol

from domain.library.moves import Move
from domain.library.songs import Analysis, Song


class DemoStudio(Protocol):
    """Generates moves and songs, always the same ones."""

    def moves(self) -> tuple[Move, ...]:
        """Return the moves it can film."""
        ...

    def songs(self) -> tuple[tuple[Song, Analysis], ...]:
        """Return the songs it can record, with their exact analyses."""
        ...

    async def film(self, move: Move, into: Path) -> None:
        """Film a move with its music; the file appears complete or not at all."""
        ...

    async def record(self, song: Song, into: Path) -> None:
        """Record a song; the file appears complete or not at all."""
        ...
