"""Choose the vector search that this machine supports."""

import logging
from pathlib import Path

from adapters.index import index_file
from adapters.index.faiss_index import ByFaiss
from adapters.index.vector_index import VectorIndex
from application.concurrency.threads import IMPORTS

_log = logging.getLogger("bachata.index")


async def open_index(
    folder: Path | None = None, *, nprobe: int = 0, gpu: bool = False
) -> VectorIndex:
    """Open an index with FAISS, or with NumPy if FAISS cannot be imported, which the log explains.

    See `ByFaiss` for ``nprobe`` and ``gpu``; indexes are stored in ``folder``.
    """
    if folder is not None:
        try:
            await IMPORTS.run(lambda: index_file.remove_leftovers(folder))
        except OSError as error:
            _log.warning("unfinished indexes were not removed: %s", error.strerror)
    try:
        return VectorIndex(await IMPORTS.run(lambda: ByFaiss(nprobe, gpu=gpu)), folder)
    except Exception as error:
        _log.warning("FAISS cannot be used (%s); NumPy searches the moves", error)
        return VectorIndex(folder=folder)
