"""Choosing the moves: which figure on which eight-count of the song."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from domain.blueprint import BlueprintMove, Difficulty
from domain.errors import NoMovesMatch
from domain.moves import INTRO, LEVEL, OUTRO, Energy, Move, Style
from domain.music import Analysis
from domain.phrases import Phrase, phrases

SLOWEST, FASTEST = 0.85, 1.15
"""Playback rates at which a dancer still looks like a dancer."""

_FEWEST: Final = 4
"""Moves to choose from, below which a dance becomes monotonous and a wish is relaxed."""

_WINDOW: Final = 8
"""Moves back within which a repetition costs."""

_HARDNESS: Final = tuple(Difficulty)
_GRACE: Final = 1 / 60
"""Seconds a clip may fall short: half a frame at 30 a second."""


class LockedMove(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A move that has to be danced on a given eight-count of the song."""

    position: Annotated[int, Meta(ge=0, description="Eight-count of the song, from 0.")]
    move_id: str


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the dance is to be like; what is None does not matter."""

    difficulty: Difficulty | None = None
    """The hardest move wanted."""
    energy_level: Energy | None = None
    style: Style | None = None
    seed: int = 0
    """The same wish and seed give the same dance."""
    locked: tuple[LockedMove, ...] = ()
    banned: tuple[str, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A dance, and where it had to depart from the wish."""

    moves: tuple[BlueprintMove, ...]
    degradations: tuple[str, ...] = ()


def plan(analysis: Analysis, library: Sequence[Move], wish: Wish) -> Plan:
    """Choose a move for every eight-count of a song, on its "1", from start to end.

    Each clip enters at a "1" of its own and is played so that its counts fall on the song's.
    No move follows itself while there is another. Raises `NoMovesMatch`.
    """
    usable = [move for move in library if move.id not in wish.banned]
    danceable = [move for move in usable if _fits_tempo(move, analysis.tempo)]
    if not danceable:
        raise NoMovesMatch(
            f"None of the {len(usable)} moves to choose from can be danced at "
            f"{analysis.tempo:.0f} BPM; add moves filmed within 15 % of that tempo."
        )
    chosen, degradations = _filtered(danceable, wish)
    slots = phrases(analysis)
    if not all(any(_enough(move, slot) for move in danceable) for slot in (slots[0], slots[-1])):
        slots = phrases(analysis, join_scraps=False)
    degradations += [
        f"The song has {len(slots)} eight-counts; {lock.move_id!r} was locked to {lock.position}."
        for lock in wish.locked
        if lock.position >= len(slots)
    ]
    dance = _Dance(slots, chosen, danceable, wish)
    moves = tuple(dance.moves())
    return Plan(moves=moves, degradations=(*degradations, *dance.degradations))


def _fits_tempo(move: Move, tempo: float) -> bool:
    return move.eight_counts >= 1 and SLOWEST <= tempo / move.tempo <= FASTEST


def _filtered(moves: Sequence[Move], wish: Wish) -> tuple[list[Move], list[str]]:
    """The moves that meet the wish, which is relaxed in order until there are enough."""
    wishes = {"energy_level": wish.energy_level, "style": wish.style, "difficulty": wish.difficulty}
    degradations: list[str] = []
    enough = min(_FEWEST, len(_middles(moves)))
    for relaxed in (None, "energy_level", "style", "difficulty"):
        if relaxed is not None:
            if wishes[relaxed] is None:
                continue
            degradations.append(
                f"Too few moves are {wishes[relaxed]}; the wish for {relaxed} was relaxed."
            )
            wishes[relaxed] = None
        left = [move for move in moves if _meets(move, wishes)]
        if len(_middles(left)) >= enough:
            return left, degradations
    return list(moves), degradations


def _middles(moves: Sequence[Move]) -> list[Move]:
    return [move for move in moves if move.label not in (INTRO, OUTRO)]


def _meets(move: Move, wishes: Mapping[str, object]) -> bool:
    hardest = wishes["difficulty"]
    if isinstance(hardest, Difficulty) and _HARDNESS.index(move.difficulty) > _HARDNESS.index(
        hardest
    ):
        return False
    if move.label in (INTRO, OUTRO):
        # The opening and the ending belong to every dance, whatever its energy and style.
        return True
    return wishes["energy_level"] in (None, move.energy_level) and wishes["style"] in (
        None,
        move.style,
    )


class _Dance:
    """A dance in the making, phrase by phrase."""

    def __init__(
        self, slots: Sequence[Phrase], chosen: list[Move], danceable: list[Move], wish: Wish
    ) -> None:
        self._slots = slots
        self._pool = chosen
        self._spare = danceable
        self._random = Random(wish.seed)  # noqa: S311 - a dance, no secret
        self._locked = {lock.position: lock.move_id for lock in wish.locked}
        self._by_id = {move.id: move for move in danceable}
        self._played: list[str] = []
        self.degradations: list[str] = []

    def moves(self) -> Iterator[BlueprintMove]:
        index = 0
        while index < len(self._slots):
            ranked = self._ranked(index)
            cost, move, phrase, costs = ranked[0]
            self._played.append(move.id)
            others = [
                {"move_id": other.id, "name": other.name, "cost": round(price, 4)}
                for price, other, _, _ in ranked[1:4]
            ]
            reason = {"cost": round(cost, 4), "costs": costs, "alternatives": others}
            yield cast_to(phrase, move, reason)
            index += phrase.eight_counts

    def _ranked(self, index: int) -> list[tuple[float, Move, Phrase, dict[str, float]]]:
        """Every move that can be danced from a phrase on, cheapest first; never empty."""
        slot = self._slots[index]
        for pool in self._pools(index):
            ranked = [
                (sum(costs.values()), move, phrase, costs)
                for move in pool
                if (phrase := self._phrase_for(move, index)) is not None
                for costs in [self._costs(move, phrase)]
            ]
            if ranked:
                return sorted(ranked, key=lambda each: (each[0], each[1].id))
        raise NoMovesMatch(
            f"No move of the library is long enough for the {slot.end - slot.start:.2f} s "
            f"from {slot.start:.2f} s of the song; add moves of whole eight-counts."
        )

    def _pools(self, index: int) -> Iterator[list[Move]]:
        """Moves to choose from, best first: the locked one, the fitting label, anything else."""
        if (locked := self._locked.get(index)) is not None:
            if locked in self._by_id:
                yield [self._by_id[locked]]
            self.degradations.append(f"The move {locked!r} could not be danced at {index}.")
        label = INTRO if index == 0 else OUTRO if index == len(self._slots) - 1 else None
        last = self._played[-1] if self._played else None
        for pool in (self._pool, self._spare):
            if label is not None:
                yield [move for move in pool if move.label == label]
            middles = _middles(pool)
            yield [move for move in middles if move.id != last]
        yield _middles(self._spare)
        yield self._spare

    def _phrase_for(self, move: Move, index: int) -> Phrase | None:
        """As many eight-counts as the clip has, within the section, else as few as one."""
        for count in range(min(move.eight_counts, 2), 0, -1):
            joined = self._joined(index, count)
            if joined is not None and _enough(move, joined):
                return joined
        return None

    def _joined(self, index: int, count: int) -> Phrase | None:
        run = self._slots[index : index + count]
        if len(run) < count or any(slot.section != run[0].section for slot in run):
            return None
        following = range(index + 1, index + count)
        ends = len(self._slots) - 1 in following and count > 1
        if ends or any(position in self._locked for position in following):
            return None
        first, last = run[0], run[-1]
        return msgspec.structs.replace(
            first, end=last.end, beats=sum(slot.beats for slot in run), eight_counts=count
        )

    def _costs(self, move: Move, phrase: Phrase) -> dict[str, float]:
        level = LEVEL[move.energy_level]
        recent = self._played[-_WINDOW:][::-1]
        again = sum(2.0 / (back + 1) for back, each in enumerate(recent) if each == move.id)
        rate = rate_for(move, phrase)
        return {
            "energy": round(4 * (level - phrase.energy) ** 2, 4),
            "repetition": round(again, 4),
            "tempo": round(2 * abs(rate - 1), 4),
            "chance": round(0.6 * self._random.random(), 4),
        }


def rate_for(move: Move, phrase: Phrase) -> float:
    """Clip seconds per second of the song that put the clip's counts on the song's."""
    return phrase.beats * 60 / move.tempo / (phrase.end - phrase.start)


def entry(move: Move, phrase: Phrase) -> float:
    """Seconds into the clip at which it enters, so that its "1" falls on the song's.

    A phrase that begins before its "1" begins as much before a "1" of the clip.
    """
    enters = move.first_count + phrase.count * 60 / move.tempo
    return enters if enters >= 0 else enters + move.eight_count


def _enough(move: Move, phrase: Phrase) -> bool:
    rate = rate_for(move, phrase)
    length = (phrase.end - phrase.start) * rate
    long_enough = entry(move, phrase) + length <= move.duration + _GRACE
    return SLOWEST <= rate <= FASTEST and long_enough


def cast_to(phrase: Phrase, move: Move, reason: dict[str, Any]) -> BlueprintMove:
    """Set a move to a phrase of the song."""
    start, end = round(phrase.start, 6), round(phrase.end, 6)
    return BlueprintMove(
        clip_id=move.id,
        video_path=move.video_path,
        start_time=start,
        duration=round(end - start, 6),
        trim_start=round(entry(move, phrase), 6),
        original_duration=move.duration,
        playback_rate=round(rate_for(move, phrase), 6),
        reason=reason,
    )
