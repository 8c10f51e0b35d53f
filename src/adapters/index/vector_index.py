"""A search over fused vectors whose index is replaced atomically."""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

from adapters.index import index_file
from adapters.index.numpy_index import NumpySearch
from adapters.index.protocols import SearchFactory
from adapters.index.snapshot import Snapshot, traits_of
from adapters.index.vectors import Vectors
from application.concurrency.threads import Threads
from application.concurrency.timeouts import place_in
from application.ports.move_index import Among, Entry, SearchResult
from domain.library.embeddings import Fused
from domain.shared.errors import NotReady

_log = logging.getLogger("bachata.index")

_QUEUE_WAIT: Final = 900.0
"""Maximum seconds to wait for another index; one of a million moves takes a minute or two."""

THREADS: Final = Threads("searching the moves", 8)


class VectorIndex:
    """Searches in threads; stores each version of the index in a file if there is a folder."""

    def __init__(
        self, search_factory: SearchFactory = NumpySearch, folder: Path | None = None
    ) -> None:
        """Take the factory of searches, and the folder for the index file."""
        self._search_factory = search_factory
        self._folder = folder
        self._snapshot: Snapshot | None = None
        self._lock = asyncio.Lock()

    @property
    def version(self) -> str | None:
        """See `application.ports.move_index.MoveIndex`."""
        return self._snapshot.version if self._snapshot else None

    async def swap(self, version: str, entries: Sequence[Entry]) -> None:
        """See `application.ports.move_index.MoveIndex`."""
        async with place_in(self._lock, "the index that is being made", _QUEUE_WAIT):
            self._snapshot = snapshot = await THREADS.run(
                lambda: self._snapshot_of(version, entries)
            )
            if self._folder is not None:
                folder = self._folder
                await THREADS.run(lambda: _store(folder, snapshot))

    async def restore(self, version: str) -> bool:
        """See `application.ports.move_index.MoveIndex`."""
        if self._folder is None:
            return False
        async with place_in(self._lock, "the index that is being made", _QUEUE_WAIT):
            snapshot = await THREADS.run(partial(self._restored, self._folder, version))
            self._snapshot = snapshot or self._snapshot
        return snapshot is not None

    async def nearest(self, query: Fused, most: int, among: Among) -> SearchResult:
        """See `application.ports.move_index.MoveIndex`."""
        return await THREADS.run(partial(self._there().nearest, query, most, among))

    async def ready(self) -> str:
        """See `application.ports.move_index.MoveIndex`."""
        snapshot = self._there()
        return f"{len(snapshot.traits.ids)} moves by {snapshot.search.name}"

    def _there(self) -> Snapshot:
        if self._snapshot is None:
            raise NotReady("No moves have been indexed yet.")
        return self._snapshot

    def _snapshot_of(self, version: str, entries: Sequence[Entry]) -> Snapshot:
        ordered = _ordered(entries)
        return Snapshot(version, traits_of(ordered), self._search_factory(Vectors(ordered)))

    def _restored(self, folder: Path, version: str) -> Snapshot | None:
        contents = index_file.read(folder, version)
        if contents is None:
            return None
        traits, rows = contents
        return Snapshot(version, traits, self._search_factory(Vectors(rows)))


def _ordered(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return entries sorted by id. Sorting a million blocks the process, so only if necessary."""
    if all(one.move_id < other.move_id for one, other in pairwise(entries)):
        return entries
    return sorted(entries, key=lambda entry: entry.move_id)


def _store(folder: Path, snapshot: Snapshot) -> None:
    """Store the index; a failure is logged, because the search works without the file."""
    try:
        rows = Vectors(snapshot.search.matrix).blocks()
        index_file.write(folder, snapshot.version, snapshot.traits, rows)
    except OSError as error:
        _log.warning("the index could not be stored: %s", error.strerror)
