"""Who turns words into numbers."""

from typing import Protocol

from domain.library.embeddings import Vector


class Embedder(Protocol):
    """A reader whose numbers are alike for texts that are alike."""

    name: str
    """Told beside the numbers; another for one whose numbers differ."""

    async def read(self, text: str) -> Vector:
        """Return 384 numbers of length 1, the same for the same text anywhere and always.

        They are all 0 for a text that has neither letters nor digits.
        """
        ...
