"""Search for similar moves in an index that is updated in the background."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec

from application.concurrency.threads import PLANNING
from application.concurrency.timeouts import ended, limited
from application.media.item_attempts import ItemAttempts
from application.ports.clock import Clock
from application.ports.embedder import Embedder
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.move_index import Among, Entry, MoveIndex, Near
from application.search.index_entries import fused_or_words, index_entries
from domain.library.embeddings import (
    EmbeddedMove,
    Fused,
    Part,
    Rows,
    Vector,
    unpacked,
    words_of,
)
from domain.shared.errors import NotReady
from domain.shared.result_warnings import ResultWarning, filter_dropped

TOP: Final = 20
"""Default number of results: the default of `VECTOR_SEARCH_TOP_K`."""
LIFE: Final = 3600.0
"""Seconds until an index is rebuilt: `MOVE_EMBEDDINGS_CACHE_TTL`."""
FEWEST: Final = 4
"""Minimum number of results; with fewer, filters are dropped."""
PATIENCE: Final = 0.5
"""Maximum seconds that a search waits for a new index before it uses the old one."""

_FIRST: Final = 600.0
"""Maximum seconds to wait for the first index; one of a million moves takes a minute or two."""
_CLOSING: Final = 2.0
"""Maximum seconds that building an index may take to end after cancellation."""
_PAGE: Final = 500
_DROPPED_IN_ORDER: Final = ("energy_level", "style", "difficulty")
"""Filters in the order in which they are dropped."""

_log = logging.getLogger("bachata.index")


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """A query by similarity; None is not compared."""

    words: str | None = None
    pose: Vector | None = None
    audio: Vector | None = None
    """An embedding such as that in the analysis of a song."""
    text: Vector | None = None
    """The embedding of another text; ``words`` replace it."""


class FoundMoves(msgspec.Struct, frozen=True, kw_only=True):
    """Moves, the most similar first, and the filters that were dropped to find them."""

    moves: tuple[Near, ...]
    warnings: tuple[ResultWarning, ...]
    version: str
    highest: float
    """The score of a perfect match; 0 if the query compares nothing."""


class FindMoves:
    """Searches the library by text, sound or pose, with filters.

    Once an index is made, no search waits long for a new one: it is made in the background when
    the library has changed or the index has come of age, and swapped as a whole. A move that cannot
    be indexed is logged and left out.
    """

    def __init__(
        self,
        embeddings: MoveEmbeddings,
        index: MoveIndex,
        embedder: Embedder,
        clock: Clock,
        *,
        makers: dict[Part, str] | None = None,
        life: float = LIFE,
        top: int = TOP,
        patience: float = PATIENCE,
        complete: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Take the ports, and ``makers``: the models of the queries' pose and sound vectors.

        Vectors produced by a different model than the query's are not indexed; if ``makers`` names
        none for a part, all vectors of that part are. ``life`` and ``patience`` are seconds.
        ``complete`` runs once, before the first index is built, and may add embeddings.
        """
        self._embeddings = embeddings
        self._index = index
        self._embedder = embedder
        self._clock = clock
        self._makers = makers or {}
        self._life = timedelta(seconds=life)
        self._top = top
        self._patience = patience
        self._complete = complete
        self._made_at: datetime | None = None
        self._making: asyncio.Task[None] | None = None
        self._failed = False
        self._given_up_at = 0.0
        """Time of the event loop's clock until which searches wait for the index being built."""

    async def __call__(
        self,
        like: Likeness,
        among: Among | None = None,
        *,
        most: int | None = None,
        fewest: int = FEWEST,
        fresh: bool = False,
        as_it_is: bool = False,
    ) -> FoundMoves:
        """Return up to ``most`` moves; filters are dropped until there are ``fewest``.

        Energy is dropped first, then style, then difficulty; label and banned moves never are. A
        ``fresh`` search waits for an index of the current library, however long that takes. With
        ``as_it_is`` the search does not check whether the index is current: for searches that
        follow one.
        """
        if not as_it_is:
            await self._up_to_date(whole=fresh)
        query = await self._query(like)
        most = self._top if most is None else most
        filters = among or Among()
        warnings: list[ResultWarning] = []
        result = await self._index.nearest(query, most, filters)
        for name in _DROPPED_IN_ORDER:
            if len(result.moves) >= min(fewest, most):
                break
            if (wish := getattr(filters, name)) is None:
                continue
            warnings.append(filter_dropped(min(fewest, most), name, str(wish)))
            filters = msgspec.structs.replace(filters, **{name: None})
            result = await self._index.nearest(query, most, filters)
        return FoundMoves(
            moves=result.moves,
            warnings=tuple(warnings),
            version=result.version,
            highest=sum(number * number for number in unpacked(query)),
        )

    async def likeness(self, embedded_move: EmbeddedMove) -> Likeness:
        """Return a query for moves similar to ``embedded_move``, from its comparable vectors."""
        rows = (await self._comparable(embedded_move)).embedding.rows
        return Likeness(pose=rows.pose, audio=rows.audio, text=rows.text)

    async def refresh(self) -> None:
        """Update the index to the current library; loads a stored index if there is one."""
        await self._up_to_date(whole=True)

    async def ready(self) -> str:
        """Return a description of the index, or that the first search will build it.

        Raises `NotReady` if building the index failed.
        """
        if self._index.version is not None:
            return await self._index.ready()
        if self._failed:
            raise NotReady("The moves could not be indexed; see the log.")
        return "not built yet; the first search waits for it"

    async def close(self) -> None:
        """Stop building the index."""
        if self._making is not None:
            self._making.cancel()
            await ended(self._making, "the index of the moves", _CLOSING)

    async def _up_to_date(self, *, whole: bool = False) -> None:
        version = await self._version()
        # The running build was started earlier and may miss the latest change.
        older = self._making
        making = self._build(version)
        if making is None or self._index.version == version:
            return
        if self._index.version is not None and not whole:
            await self._waited_for(making)
            return
        async with limited("the index of the moves", _FIRST):
            # The cancellation of another caller must not stop the build for this one.
            await asyncio.wait({making})
            if making is older and self._index.version != version:
                version = await self._version()
                making = self._build(version) or making
                await asyncio.wait({making})
        if not making.cancelled() and (error := making.exception()) is not None:
            raise error
        if self._index.version is None:
            raise NotReady("The service is stopping, so it did not build the index of the moves.")

    def _build(self, version: str) -> "asyncio.Task[None] | None":
        """Return the task that builds an index, started if one is due; None if not."""
        if self._making is None and self._is_due(version):
            self._making = asyncio.create_task(self._make(version))
            self._making.add_done_callback(self._finish)
            self._given_up_at = asyncio.get_running_loop().time() + self._patience
        return self._making

    async def _waited_for(self, making: "asyncio.Task[None]") -> None:
        """Wait for the new index, but not beyond the time limit of the build."""
        seconds = self._given_up_at - asyncio.get_running_loop().time()
        if seconds > 0:
            await asyncio.wait({making}, timeout=seconds)

    def _is_due(self, version: str) -> bool:
        if self._index.version != version or self._made_at is None:
            return True
        return self._clock.now() - self._made_at >= self._life

    async def _query(self, like: Likeness) -> Fused:
        """Return the query vector; parts without data are zeros."""
        text = like.text if like.words is None else await self._embedder.read(like.words)
        return fused_or_words(
            Rows(pose=like.pose, audio=like.audio, text=text), "what is asked for"
        )

    async def _make(self, version: str) -> None:
        began = self._clock.now()
        if self._complete is not None:
            await self._complete()
            self._complete = None
            version = await self._version()
        if self._index.version is None and await self._index.restore(version):
            self._made_at = began
            return
        entries: list[Entry] = []
        attempts = ItemAttempts("indexing the move")
        async for some in self._pages():
            readable: list[EmbeddedMove] = []

            async def read(each: EmbeddedMove, into: list[EmbeddedMove] = readable) -> None:
                into.append(await self._comparable(each))

            for each in some:
                await attempts(each.move.id, read(each))
            # A thread for each move would take longer than what is done in it.
            for entry in await PLANNING.run(partial(index_entries, readable)):
                if isinstance(entry, Entry):
                    entries.append(entry)
                else:
                    await attempts(entry.move_id, entry.failing())
        await self._index.swap(version, entries)
        self._made_at = began

    def _finish(self, making: asyncio.Task[None]) -> None:
        self._making = None
        if making.cancelled():
            return
        error = making.exception()
        self._failed = error is not None
        if error is not None:
            _log.error("the moves could not be indexed: %s", error, exc_info=error)

    async def _version(self) -> str:
        """Return the version of the index: that of the library, and the models of the vectors."""
        makers = sorted(f"{part}={maker}" for part, maker in self._makers.items())
        return "; ".join([await self._embeddings.version(), self._embedder.name, *makers])

    async def _pages(self) -> AsyncIterator[tuple[EmbeddedMove, ...]]:
        after: str | None = None
        while True:
            page = await self._embeddings.page(after, _PAGE)
            yield page.items
            if (after := page.last) is None:
                return

    async def _comparable(self, embedded_move: EmbeddedMove) -> EmbeddedMove:
        """Return the entry with only those vectors that a query can be compared with."""
        embedding, rows = embedded_move.embedding, embedded_move.embedding.rows
        if rows.text is None or embedding.text_by != self._embedder.name:
            text = await self._embedder.read(words_of(embedded_move.move))
            rows = msgspec.structs.replace(rows, text=text)
        strange = {
            part.value: None
            for part, maker in self._makers.items()
            if part is not Part.TEXT and embedding.by(part) != maker
        }
        rows = msgspec.structs.replace(rows, **strange)
        return EmbeddedMove(
            move=embedded_move.move, embedding=msgspec.structs.replace(embedding, rows=rows)
        )
