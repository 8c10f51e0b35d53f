"""Choose the candidate moves of a dance: all moves, or the best matches of a large library."""

from random import Random
from typing import Final

from application.library.analyze_song import AnalyzeSong
from application.ports.move_index import Among
from application.ports.moves import MoveFilter, MoveRepository
from application.ports.pagination import Page
from application.search.move_search import FindMoves, Likeness
from domain.library.embeddings import LENGTHS, Part, packed
from domain.library.moves import INTRO, OUTRO, Energy, Move
from domain.planning.planner import Wish
from domain.planning.tempo_octaves import fits

MANY: Final = 500
"""Maximum number of moves that all become candidates: 500 take 0.1 s, 10,000 take 3 s."""

_MOST_MOVES: Final = 300
"""Number of moves that meet the wish, for each energy, because a song's sections need all."""
_OTHERS: Final = 40
"""Number of moves of each energy without regard to the wish, in case it leaves none."""
_ENDS: Final = 30
"""Number of openings, and of endings."""


class Shortlist:
    """Moves that match the song's sound or the words, and the song's tempo.

    The result is the same for the same library, song, wish and words. If few moves meet a wish, it
    contains all of them, so that the planner drops filters as it would with all moves.
    """

    def __init__(
        self, moves: MoveRepository, find: FindMoves, analyze_song: AnalyzeSong, many: int = MANY
    ) -> None:
        """Take the port, the move search, the song analysis, and the size of a large library."""
        self._moves = moves
        self._find = find
        self._analyze_song = analyze_song
        self._many = many

    async def first(self) -> Page[Move]:
        """Return the first of the moves that film can be made of; most often that is all."""
        return await self._moves.page(MoveFilter(usable=True), None, self._many)

    async def __call__(
        self,
        song_id: str,
        tempo: float,
        wish: Wish,
        words: str | None = None,
        *,
        first: Page[Move] | None = None,
    ) -> tuple[Move, ...]:
        """Return the candidate moves for a song of ``tempo`` beats per minute.

        It omits moves that are marked as unusable. Whoever asks for several tempos reads the
        ``first`` once.
        """
        page = first or await self.first()
        if page.last is None:
            return page.items
        like = await self._likeness(song_id, wish.seed, words)
        await self._find.refresh()
        moves_by_id = {move.id: move for move in page.items}
        shortlist: dict[str, Move] = {}
        searches = _searches(wish)
        factor = 2
        while searches:
            near = [await self._near(like, among, factor * most) for among, most in searches]
            ids = {each: None for some in near for each in some if each not in moves_by_id}
            there = await self._moves.find_many(tuple(ids))
            moves_by_id |= {move.id: move for move in there if move.unusable is None}
            rest: list[tuple[Among, int]] = []
            for (among, most), some in zip(searches, near, strict=True):
                good = [
                    each for each in some if each in moves_by_id and fits(moves_by_id[each], tempo)
                ]
                shortlist |= {each: moves_by_id[each] for each in good[:most]}
                if len(good) < most and len(some) == factor * most:
                    rest.append((among, most))
            searches, factor = rest, factor * 4
        locked = await self._moves.find_many([lock.move_id for lock in wish.locked])
        shortlist |= {move.id: move for move in locked if move.unusable is None}
        return tuple(shortlist.values())

    async def _likeness(self, song_id: str, seed: int, words: str | None) -> Likeness:
        analysis = await self._analyze_song.by_ear(song_id)
        if analysis.embedding:
            return Likeness(words=words, audio=packed(analysis.embedding))
        if words is not None:
            return Likeness(words=words)
        # A random query: moves from everywhere, different for each seed.
        chance = Random(f"shortlist {seed}")  # noqa: S311 - a dance, no secret
        return Likeness(text=packed(chance.gauss(0, 1) for _ in range(LENGTHS[Part.TEXT])))

    async def _near(self, like: Likeness, among: Among, most: int) -> list[str]:
        """Return ids, the most similar first."""
        result = await self._find(like, among, most=most, fewest=0, as_it_is=True)
        return [near.move_id for near in result.moves]


def _searches(wish: Wish) -> list[tuple[Among, int]]:
    """Return the filters of the searches, each with its number of results."""
    banned = frozenset(wish.banned)
    energies = tuple(Energy) if wish.energy_level is None else (wish.energy_level,)
    filters = [
        Among(difficulty=wish.difficulty, style=wish.style, energy_level=energy, banned=banned)
        for energy in energies
    ]
    ends = [
        Among(label=label, difficulty=difficulty, banned=banned)
        for label in (INTRO, OUTRO)
        for difficulty in dict.fromkeys((wish.difficulty, None))
    ]
    others = [Among(energy_level=energy, banned=banned) for energy in Energy]
    return [
        *((among, _MOST_MOVES // len(filters)) for among in filters),
        *((among, _ENDS) for among in ends),
        *((among, _OTHERS) for among in others),
    ]
