"""Vector search with NumPy."""

from typing import Final

import numpy as np

from adapters.index.vectors import SLACK, Mask, Matrix, Places, Query, Vectors

_FEW: Final = 8
"""If at most one of this many rows matches, copying the matching rows is faster."""


class NumpySearch:
    """Compares a query with all matching rows."""

    def __init__(self, vectors: Vectors) -> None:
        """Take all rows."""
        self.name = f"NumPy {np.__version__}"
        self.matrix = vectors.whole()

    def near(self, query: Query, most: int, mask: Mask | None) -> Places:
        """See `adapters.index.protocols.Search`."""
        if mask is None:
            return within_slack(_products(self.matrix, query), most)
        rows = np.flatnonzero(mask)
        if len(rows) * _FEW <= len(mask):
            scores = _products(self.matrix[rows], query)
        else:
            scores = _products(self.matrix, query)[rows]
        return rows[within_slack(scores, most)]


def _products(matrix: Matrix, query: Query) -> Query:
    """Return inner products computed in one thread; BLAS threads wait for each other under load."""
    return np.einsum("ij,j->i", matrix, query)


def within_slack(scores: Query, most: int) -> Places:
    """Return the rows with the ``most`` highest scores, and others that may equal them exactly."""
    last = np.partition(scores, len(scores) - most)[len(scores) - most]
    return np.flatnonzero(scores >= last - SLACK)
