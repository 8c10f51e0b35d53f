"""The interface of a vector search."""

from typing import Protocol

from adapters.index.vectors import Mask, Matrix, Places, Query, Vectors


class Search(Protocol):
    """Rows that several threads can search at the same time."""

    name: str
    """Name for users."""
    matrix: Matrix
    """All rows."""

    def near(self, query: Query, most: int, mask: Mask | None) -> Places:
        """Return rows of ``mask`` that include the ``most`` nearest ones and all ties with the
        last.

        ``most`` is at least 1 and at most the number of rows in the mask.
        """
        ...


class SearchFactory(Protocol):
    """Makes vectors searchable."""

    def __call__(self, vectors: Vectors) -> Search:
        """Take all rows; may be slow, and runs in a thread."""
        ...
