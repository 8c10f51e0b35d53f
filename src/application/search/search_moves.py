"""Search for moves similar to a text, a move or a song."""

from typing import Annotated

import msgspec
from msgspec import Meta

from application.library.analyze_song import AnalyzeSong
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.move_index import Among
from application.ports.moves import MoveRepository
from application.search.move_search import FindMoves, FoundMoves, Likeness
from domain.blueprint.model import Difficulty
from domain.library.embeddings import EmbeddedMove, MoveEmbedding, packed
from domain.library.moves import Energy, Move, Style
from domain.shared.result_warnings import ResultWarning, WarningCode
from domain.shared.texts import STORABLE, Text

Most = Annotated[int, Meta(ge=1, le=200)]


class MoveSearch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The query and the filters; an omitted field has no effect."""

    words: (
        Annotated[str, Meta(min_length=1, max_length=2000, extra_json_schema=STORABLE)] | None
    ) = None
    """Words to compare with the names, labels and properties of moves."""
    move_id: Text | None = None
    """Find moves similar to this one, which is not in the result."""
    song_id: Text | None = None
    """Find moves whose music sounds like this song."""
    label: Text | None = None
    """Only moves with this label."""
    difficulty: Difficulty | None = None
    """Maximum difficulty."""
    energy_level: Energy | None = None
    """Only moves of this energy level."""
    style: Style | None = None
    """Only moves of this style."""
    limit: Most | None = None
    """Maximum number of results; default: `VECTOR_SEARCH_TOP_K`."""


class LikeMove(msgspec.Struct, frozen=True, kw_only=True):
    """A search result."""

    move: Move
    score: float
    """1 if the move is equal in all that is compared, 0 if it is similar in nothing."""


class LikeMoves(msgspec.Struct, frozen=True, kw_only=True):
    """Moves, the most similar first, and the filters that were dropped to find them."""

    items: tuple[LikeMove, ...]
    warnings: tuple[ResultWarning, ...]
    """Filters that were dropped, and other differences from the request."""


class SearchMoves:
    """Finds the moves most similar to a text, a move or a song, with filters."""

    def __init__(
        self,
        find: FindMoves,
        moves: MoveRepository,
        embeddings: MoveEmbeddings,
        analyze_song: AnalyzeSong,
    ) -> None:
        """Take the ports, the move search, and the analysis of songs."""
        self._find = find
        self._moves = moves
        self._embeddings = embeddings
        self._analyze_song = analyze_song

    async def __call__(self, search: MoveSearch) -> LikeMoves:
        """Return the most similar moves; ties are ordered by id.

        Raises `MoveNotFound` and `SongNotFound`, and as `AnalyzeSong` for a song without analysis.
        """
        among = Among(
            label=search.label,
            difficulty=search.difficulty,
            energy_level=search.energy_level,
            style=search.style,
            banned=frozenset() if search.move_id is None else frozenset({search.move_id}),
        )
        like, warnings = await self._likeness(search)
        result = await self._find(like, among, most=search.limit)
        if result.highest and not any(near.score for near in result.moves):
            message = (
                "No move has a vector of this kind yet, so the moves are not sorted by similarity."
            )
            warnings.append(ResultWarning(WarningCode.NOT_COMPARABLE, message))
        return LikeMoves(
            items=await self._scored(result),
            warnings=(*warnings, *result.warnings),
        )

    async def _likeness(self, search: MoveSearch) -> tuple[Likeness, list[ResultWarning]]:
        """Return the query: words and song replace the parts of the move that they provide."""
        like, warnings = Likeness(), list[ResultWarning]()
        if search.move_id is not None:
            like = await self._like_move(search.move_id)
        if search.song_id is not None:
            analysis = await self._analyze_song.by_ear(search.song_id)
            if analysis.embedding:
                like = msgspec.structs.replace(like, audio=packed(analysis.embedding))
            else:
                message = "The song has no sound vector, so moves are not compared with its sound."
                warnings.append(ResultWarning(WarningCode.NOT_COMPARABLE, message))
        if search.words is not None:
            like = msgspec.structs.replace(like, words=search.words)
        return like, warnings

    async def _like_move(self, move_id: str) -> Likeness:
        move = await self._moves.get(move_id)
        # A move without an embedding, as in a library of an earlier version, is like its words.
        embedding = await self._embeddings.find(move_id) or MoveEmbedding(move_id=move_id)
        return await self._find.likeness(EmbeddedMove(move=move, embedding=embedding))

    async def _scored(self, result: FoundMoves) -> tuple[LikeMove, ...]:
        scores = {near.move_id: near.score for near in result.moves}
        whole = result.highest or 1.0
        # The index may still contain deleted moves.
        return tuple(
            LikeMove(move=move, score=round(scores[move.id] / whole, 6))
            for move in await self._moves.find_many(tuple(scores))
        )
