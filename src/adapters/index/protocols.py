"""What a search over rows is, whoever does it."""

from typing import Protocol

from adapters.index.vectors import Mask, Matrix, Places, Query, Vectors


class Search(Protocol):
    """Rows that can be searched from several threads at once."""

    name: str
    """For a person."""
    matrix: Matrix
    """All the rows."""

    def near(self, query: Query, most: int, mask: Mask | None) -> Places:
        """Rows of ``mask`` that the ``most`` nearest are among, with all that tie with the last.

        ``most`` is at least 1 and at most what the mask holds.
        """
        ...


class Searching(Protocol):
    """Makes rows searchable."""

    def __call__(self, vectors: Vectors) -> Search:
        """Take in all rows; may take long, and is done in a thread."""
        ...
