"""The fused vectors of all moves, as one array or in blocks."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from application.ports.move_index import Entry
from domain.library.embeddings import LENGTH, Fused

Matrix = NDArray[np.float32]
"""Array of shape (n, 1024)."""
Query = NDArray[np.float32]
"""Array of shape (1024,)."""
Mask = NDArray[np.bool_]
"""Array of shape (n,), true for the rows to search."""
Places = NDArray[np.int64]
"""Array of shape (m,): indices of rows."""

SLACK: Final = 5e-5
"""Maximum error between two inner products in 32 bits: twice 1024 times half a unit in the last
place times the largest product of two norms, 0.335 (Higham, 3.1).
"""

_BLOCK: Final = 8192


class Vectors:
    """Vectors of entries, or of an existing matrix."""

    def __init__(self, source: Sequence[Entry] | Matrix) -> None:
        """Take the source, which must not change."""
        self._source = source

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._source)

    def blocks(self) -> Iterator[Matrix]:
        """Yield all rows in order, in blocks of some thousands."""
        for start in range(0, len(self), _BLOCK):
            part = self._source[start : start + _BLOCK]
            yield part if isinstance(part, np.ndarray) else _joined(part)

    def whole(self) -> Matrix:
        """Return all rows as one array."""
        if isinstance(self._source, np.ndarray):
            return self._source
        matrix = np.empty((len(self), LENGTH), np.float32)
        start = 0
        for block in self.blocks():
            matrix[start : start + len(block)] = block
            start += len(block)
        return matrix


def numbers(vector: Fused) -> Query:
    """Return one vector as an array of shape (1024,)."""
    return np.frombuffer(vector, "<f4").astype(np.float32, copy=False)


def _joined(entries: Sequence[Entry]) -> Matrix:
    joined = np.frombuffer(b"".join(entry.vector for entry in entries), "<f4")
    return joined.astype(np.float32, copy=False).reshape(len(entries), LENGTH)
