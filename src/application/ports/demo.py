"""Where the demo library comes from."""

from pathlib import Path
from typing import Protocol

from domain.library.moves import Move
from domain.library.songs import Analysis, Song


class DemoStudio(Protocol):
    """Films moves and records songs of its own, the same ones every time."""

    def moves(self) -> tuple[Move, ...]:
        """The moves it can film."""
        ...

    def songs(self) -> tuple[tuple[Song, Analysis], ...]:
        """The songs it can record, and where their beats are."""
        ...

    async def film(self, move: Move, into: Path) -> None:
        """Film a move with its music; whole or not at all."""
        ...

    async def record(self, song: Song, into: Path) -> None:
        """Record a song; whole or not at all."""
        ...
