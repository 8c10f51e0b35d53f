"""Rows searched by NumPy."""

from typing import Final

import numpy as np

from adapters.index.vectors import SLACK, Mask, Matrix, Places, Query, Vectors

_FEW: Final = 8
"""Of so many rows one is asked for, or fewer: then gathering them is quicker than passing over."""


class NumpySearch:
    """Compares a query with every row that is asked for."""

    def __init__(self, vectors: Vectors) -> None:
        """Take in all rows."""
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
    """Inner products by one thread: those of BLAS wait for one another on a busy machine."""
    return np.einsum("ij,j->i", matrix, query)


def within_slack(scores: Query, most: int) -> Places:
    """Places of the ``most`` highest scores and of those that may be as high in truth."""
    last = np.partition(scores, len(scores) - most)[len(scores) - most]
    return np.flatnonzero(scores >= last - SLACK)
