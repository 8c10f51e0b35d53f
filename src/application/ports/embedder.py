"""Port for text embeddings."""

from typing import Protocol

from domain.library.embeddings import Vector


class Embedder(Protocol):
    """Makes vectors that are similar for similar texts."""

    name: str
    """Stored with the vectors; an embedder with other vectors has another name."""

    async def read(self, text: str) -> Vector:
        """Return 384 numbers of norm 1, always the same for the same text on any machine.

        All numbers are 0 for a text without letters and digits.
        """
        ...
