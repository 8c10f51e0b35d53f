"""Moves by likeness, from an index that is kept up to date behind the searches."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec

from application.concurrency.threads import PLANNING
from application.concurrency.timeouts import ended, limited
from application.ports.clock import Clock
from application.ports.embedder import Embedder
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.move_index import Among, Entry, MoveIndex, Near
from domain.library.embeddings import (
    EmbeddedMove,
    Fused,
    Part,
    Rows,
    Vector,
    fused,
    unpacked,
    words_of,
)
from domain.shared.errors import NotReady

TOP: Final = 20
"""Moves that are found where nothing is said: the default of `VECTOR_SEARCH_TOP_K`."""
LIFE: Final = 3600.0
"""Seconds an index is searched before it is made anew: `MOVE_EMBEDDINGS_CACHE_TTL`."""
FEWEST: Final = 4
"""Moves below which a wish is relaxed."""
PATIENCE: Final = 0.5
"""Seconds a search waits for an index of the new version before it searches the old one."""

_FIRST: Final = 600.0
"""Seconds a search waits for the first index; one of a million moves takes a minute or two."""
_CLOSING: Final = 2.0
"""Seconds that making an index may take to end once it is cancelled."""
_PAGE: Final = 500
_RELAXED: Final = ("energy_level", "style", "difficulty")
"""Wishes in the order they are given up."""

_log = logging.getLogger("bachata.index")


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """What moves are to be like; what is left out is not compared."""

    words: str | None = None
    pose: Vector | None = None
    audio: Vector | None = None
    """Such as the embedding that comes with the analysis of a song."""
    text: Vector | None = None
    """What other words were read as; ``words`` take their place."""


class FoundMoves(msgspec.Struct, frozen=True, kw_only=True):
    """Moves, the likest first, and which wishes were given up to find them."""

    moves: tuple[Near, ...]
    degradations: tuple[str, ...]
    version: str
    highest: float
    """The score of what would be like the query in all that is compared; 0 where nothing is."""


class FindMoves:
    """Searches the library by words, sound or pose, within what is wished for.

    Once an index is made, no search waits long for a new one: it is made in the background when
    the library has changed or the index has come of age, and swapped as a whole.
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
        """Take the ports, and who makes the queries' poses and sounds: ``makers``.

        Numbers of another maker than the queries' are left out of the index; where ``makers``
        names none for a part, all of that part are taken. ``life`` and ``patience`` are seconds.
        ``complete`` is done once, before the first index is made: it may add to the embeddings.
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
        """When searches cease to wait for what is being made; of the event loop's clock."""

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
        """Return up to ``most`` moves; wishes are given up until there are ``fewest``.

        Energy is given up first, then style, then difficulty; label and banned moves never are.
        A ``fresh`` answer is one of the library as it is now, however long that takes. Of the
        index ``as_it_is`` nobody asks whether it is up to date: for the searches that follow one.
        """
        if not as_it_is:
            await self._up_to_date(whole=fresh)
        query = await self._query(like)
        most = self._top if most is None else most
        asked = among or Among()
        degradations: list[str] = []
        found = await self._index.nearest(query, most, asked)
        for name in _RELAXED:
            if len(found.moves) >= min(fewest, most):
                break
            if (wish := getattr(asked, name)) is None:
                continue
            degradations.append(f"Too few moves are {wish}; the wish for {name} was relaxed.")
            asked = msgspec.structs.replace(asked, **{name: None})
            found = await self._index.nearest(query, most, asked)
        return FoundMoves(
            moves=found.moves,
            degradations=tuple(degradations),
            version=found.version,
            highest=sum(number * number for number in unpacked(query)),
        )

    async def likeness(self, known: EmbeddedMove) -> Likeness:
        """What finds moves that are like one, as far as its numbers can be compared."""
        rows = (await self._comparable(known)).embedding.rows
        return Likeness(pose=rows.pose, audio=rows.audio, text=rows.text)

    async def refresh(self) -> None:
        """Have an index of the library as it is now; one that is stored is taken up."""
        await self._up_to_date(whole=True)

    async def ready(self) -> str:
        """Say what is searched, or that nobody has searched yet.

        Raises `NotReady` when there is no index because it could not be made.
        """
        if self._index.version is not None:
            return await self._index.ready()
        if self._failed:
            raise NotReady("The moves could not be indexed; the log says why.")
        return "not made yet; the first search waits for it"

    async def close(self) -> None:
        """Stop making an index."""
        if self._making is not None:
            self._making.cancel()
            await ended(self._making, "the index of the moves", _CLOSING)

    async def _up_to_date(self, *, whole: bool = False) -> None:
        version = await self._version()
        # What is being made was begun before, and may not know of the latest change.
        older = self._making
        making = self._begun(version)
        if making is None or self._index.version == version:
            return
        if self._index.version is not None and not whole:
            await self._waited_for(making)
            return
        async with limited("the index of the moves", _FIRST):
            # Another caller that is cancelled must not take the index away from this one.
            await asyncio.wait({making})
            if making is older and self._index.version != version:
                version = await self._version()
                making = self._begun(version) or making
                await asyncio.wait({making})
        if not making.cancelled() and (error := making.exception()) is not None:
            raise error
        if self._index.version is None:
            raise NotReady("The service is stopping, so the index of the moves was not made.")

    def _begun(self, version: str) -> "asyncio.Task[None] | None":
        """What makes an index, begun now if it is due; None where there is nothing to do."""
        if self._making is None and self._is_due(version):
            self._making = asyncio.create_task(self._make(version))
            self._making.add_done_callback(self._made)
            self._given_up_at = asyncio.get_running_loop().time() + self._patience
        return self._making

    async def _waited_for(self, making: "asyncio.Task[None]") -> None:
        """Wait for the new index, up to the moment after which no search waits for it any more."""
        left = self._given_up_at - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.wait({making}, timeout=left)

    def _is_due(self, version: str) -> bool:
        if self._index.version != version or self._made_at is None:
            return True
        return self._clock.now() - self._made_at >= self._life

    async def _query(self, like: Likeness) -> Fused:
        """The numbers to compare with; parts of which nothing can be compared are left out."""
        text = like.text if like.words is None else await self._embedder.read(like.words)
        return _fused(Rows(pose=like.pose, audio=like.audio, text=text), "what is asked for")

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
        async for some in self._pages():
            readable = [await self._comparable(each) for each in some]
            entries += await PLANNING.run(partial(_entries, readable))
        await self._index.swap(version, entries)
        self._made_at = began

    def _made(self, making: asyncio.Task[None]) -> None:
        self._making = None
        if making.cancelled():
            return
        error = making.exception()
        self._failed = error is not None
        if error is not None:
            _log.error("the moves could not be indexed: %s", error, exc_info=error)

    async def _version(self) -> str:
        """The library's, and how its numbers are read: another embedder makes another index."""
        makers = sorted(f"{part}={maker}" for part, maker in self._makers.items())
        return "; ".join([await self._embeddings.version(), self._embedder.name, *makers])

    async def _pages(self) -> AsyncIterator[tuple[EmbeddedMove, ...]]:
        after: str | None = None
        while True:
            page = await self._embeddings.page(after, _PAGE)
            yield page.items
            if (after := page.last) is None:
                return

    async def _comparable(self, known: EmbeddedMove) -> EmbeddedMove:
        """The same with numbers that a query's can be compared with, and no others."""
        embedding, rows = known.embedding, known.embedding.rows
        if rows.text is None or embedding.text_by != self._embedder.name:
            text = await self._embedder.read(words_of(known.move))
            rows = msgspec.structs.replace(rows, text=text)
        strange = {
            part.value: None
            for part, maker in self._makers.items()
            if part is not Part.TEXT and embedding.by(part) != maker
        }
        rows = msgspec.structs.replace(rows, **strange)
        return EmbeddedMove(
            move=known.move, embedding=msgspec.structs.replace(embedding, rows=rows)
        )


def _entries(known: Sequence[EmbeddedMove]) -> list[Entry]:
    return [_entry(each) for each in known]


def _fused(rows: Rows, what: str) -> Fused:
    try:
        return fused(rows)
    except ValueError as error:
        _log.warning("%s is compared by words only: %s", what, error)
        return fused(Rows(text=rows.text))


def _entry(known: EmbeddedMove) -> Entry:
    move = known.move
    return Entry(
        move_id=move.id,
        label=move.label,
        difficulty=move.difficulty,
        energy_level=move.energy_level,
        style=move.style,
        vector=_fused(known.embedding.rows, f"the move {move.id!r}"),
    )
