"""Vector search with FAISS."""

import logging
from typing import Any, Final

import numpy as np

from adapters.index.numpy_index import NumpySearch
from adapters.index.protocols import Search
from adapters.index.vectors import SLACK, Mask, Matrix, Places, Query, Vectors
from domain.library.embeddings import LENGTH

LARGE: Final = 100_000
"""Maximum number of moves that are always searched exactly."""
_LISTS: Final = 1024
"""Maximum number of IVF clusters; clustering takes time proportional to rows times clusters."""
_TRAINED: Final = 64
"""Training rows for each cluster."""
_MARGIN: Final = 32
"""Extra rows per search, so that ties with the last row are usually found at once."""

_log = logging.getLogger("bachata.index")


class ByFaiss:
    """Makes vectors searchable with FAISS; raises `ImportError` if it cannot be imported.

    ``nprobe`` above 0 clusters more than 100,000 rows and searches that many clusters: faster, but
    no longer exact. ``gpu`` uses a GPU for searches without filter if the installed FAISS supports
    it; the log says if not.
    """

    def __init__(self, nprobe: int = 0, *, gpu: bool = False) -> None:
        """Import FAISS, which is slow."""
        import faiss  # pyright: ignore[reportMissingTypeStubs]

        self._faiss: Any = faiss
        self._nprobe = nprobe
        self._gpu = gpu and self._has_gpu()

    def __call__(self, vectors: Vectors) -> Search:
        """See `adapters.index.protocols.SearchFactory`; falls back to NumPy if FAISS fails."""
        try:
            if self._nprobe > 0 and len(vectors) > LARGE:
                return _Divided(self._faiss, vectors, self._nprobe)
            return _Flat(self._faiss, vectors, gpu=self._gpu)
        except Exception:
            _log.warning("FAISS failed to index the moves; NumPy searches them", exc_info=True)
            return NumpySearch(vectors)

    def _has_gpu(self) -> bool:
        count = self._faiss.get_num_gpus() if hasattr(self._faiss, "StandardGpuResources") else 0
        if count == 0:
            _log.warning(
                "FAISS_USE_GPU is set, but the installed FAISS supports no GPU; the CPU "
                "searches the moves"
            )
        return count > 0


class _Flat:
    """Exact search of all rows with `IndexFlatIP`."""

    def __init__(self, faiss: Any, vectors: Vectors, *, gpu: bool) -> None:  # noqa: ANN401
        self._faiss = faiss
        self._index = faiss.IndexFlatIP(LENGTH)
        faiss.omp_set_num_threads(1)
        for block in vectors.blocks():
            self._index.add(np.ascontiguousarray(block))
        self._fast = faiss.index_cpu_to_all_gpus(self._index) if gpu else self._index
        self.name = f"FAISS {faiss.__version__}, every one{' by GPU' if gpu else ''}"
        self.matrix = self._own_rows()

    def near(self, query: Query, most: int, mask: Mask | None) -> Places:
        """See `adapters.index.protocols.Search`."""
        try:
            return self._near(query, most, mask)
        except Exception:
            _log.warning("FAISS failed to search; NumPy searched instead", exc_info=True)
            return NumpySearch(Vectors(self.matrix)).near(query, most, mask)

    def _near(self, query: Query, most: int, mask: Mask | None) -> Places:
        # This setting is per thread. On a busy machine, two threads take 149 ms instead of 0.3.
        self._faiss.omp_set_num_threads(1)
        index = self._fast if mask is None else self._index
        parameters = None if mask is None else _among(self._faiss, mask)
        count = min(most + _MARGIN, len(self.matrix))
        scores, rows = index.search(query[np.newaxis], count, params=parameters)
        hits = rows[0] >= 0
        scores, rows = scores[0][hits], rows[0][hits]
        if len(rows) < count or scores[-1] < scores[most - 1] - SLACK:
            return rows
        least = float(scores[most - 1]) - 2 * SLACK
        _, _, more = self._index.range_search(query[np.newaxis], least, params=parameters)
        return more

    def _own_rows(self) -> Matrix:
        """Return the rows in FAISS's own memory."""
        count = self._index.ntotal
        if count == 0:
            return np.empty((0, LENGTH), np.float32)
        rows = self._faiss.rev_swig_ptr(self._index.get_xb(), count * LENGTH)
        return rows.reshape(count, LENGTH)


class _Divided:
    """Search of some clusters with `IndexIVFFlat`."""

    def __init__(self, faiss: Any, vectors: Vectors, nprobe: int) -> None:  # noqa: ANN401
        self._faiss = faiss
        self.matrix = vectors.whole()
        self._lists = min(_LISTS, int(len(vectors) ** 0.5))
        self._nprobe = min(nprobe, self._lists)
        self._quantiser = faiss.IndexFlatIP(LENGTH)
        self._index = faiss.IndexIVFFlat(
            self._quantiser, LENGTH, self._lists, faiss.METRIC_INNER_PRODUCT
        )
        faiss.omp_set_num_threads(1)
        self._index.cp.niter = 10
        step = max(1, len(vectors) // (_TRAINED * self._lists))
        self._index.train(np.ascontiguousarray(self.matrix[::step]))
        for block in vectors.blocks():
            self._index.add(np.ascontiguousarray(block))
        self.name = f"FAISS {faiss.__version__}, {self._nprobe} of {self._lists} parts"

    def near(self, query: Query, most: int, mask: Mask | None) -> Places:
        """See `adapters.index.protocols.Search`; misses rows in other clusters."""
        self._faiss.omp_set_num_threads(1)
        selector = None if mask is None else _selector(self._faiss, mask)
        # A narrow filter may leave too few rows in the nearest clusters; then search all of them.
        for parts in (self._nprobe, self._lists):
            parameters = self._faiss.SearchParametersIVF(sel=selector, nprobe=parts)
            count = min(most + _MARGIN, len(self.matrix))
            _, rows = self._index.search(query[np.newaxis], count, params=parameters)
            hits = rows[0][rows[0] >= 0]
            if len(hits) >= most:
                return hits
        return NumpySearch(Vectors(self.matrix)).near(query, most, mask)


def _among(faiss: Any, mask: Mask) -> Any:  # noqa: ANN401
    return faiss.SearchParameters(sel=_selector(faiss, mask))


def _selector(faiss: Any, mask: Mask) -> Any:  # noqa: ANN401
    return faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
