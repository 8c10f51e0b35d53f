"""The fused rows of all moves, in one piece or block by block."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from application.ports.move_index import Entry
from domain.library.embeddings import LENGTH, Fused

Matrix = NDArray[np.float32]
"""(n, 1024)."""
Query = NDArray[np.float32]
"""(1024,)."""
Mask = NDArray[np.bool_]
"""(n,) true for the rows that are searched."""
Places = NDArray[np.int64]
"""(m,) numbers of rows."""

SLACK: Final = 5e-5
"""How far two inner products in 32 bits may be on the wrong side of one another: twice 1024 times
half a unit in the last place times the largest product of two lengths, 0.335 (Higham, 3.1)."""

_BLOCK: Final = 8192


class Vectors:
    """Rows of entries, or of a matrix that is there already."""

    def __init__(self, source: Sequence[Entry] | Matrix) -> None:
        """Take the source, which is not to change."""
        self._source = source

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._source)

    def blocks(self) -> Iterator[Matrix]:
        """All rows in order, some thousands at a time."""
        for start in range(0, len(self), _BLOCK):
            part = self._source[start : start + _BLOCK]
            yield part if isinstance(part, np.ndarray) else _joined(part)

    def whole(self) -> Matrix:
        """All rows at once."""
        if isinstance(self._source, np.ndarray):
            return self._source
        matrix = np.empty((len(self), LENGTH), np.float32)
        start = 0
        for block in self.blocks():
            matrix[start : start + len(block)] = block
            start += len(block)
        return matrix


def numbers(vector: Fused) -> Query:
    """One row."""
    return np.frombuffer(vector, "<f4").astype(np.float32, copy=False)


def _joined(entries: Sequence[Entry]) -> Matrix:
    joined = np.frombuffer(b"".join(entry.vector for entry in entries), "<f4")
    return joined.astype(np.float32, copy=False).reshape(len(entries), LENGTH)
