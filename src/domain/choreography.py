"""Choosing the moves: which figure on which eight-count of the song."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from domain import beam
from domain.beam import Offer, Step
from domain.blueprint import BlueprintMove, Difficulty
from domain.costs import HARDNESS, Motion
from domain.errors import NoMovesMatch
from domain.explaining import explained
from domain.floor import LONGEST, Floor, Taste
from domain.moves import INTRO, OUTRO, Energy, Move, Style
from domain.music import Analysis
from domain.phrases import phrases

_FEWEST: Final = 6
"""Moves to choose from, below which they repeat within four and a wish is relaxed."""

_CHOICE: Final = 3
"""Moves an eight-count needs to choose from: one may be danced just before, one just after."""


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


def plan(
    analysis: Analysis,
    library: Sequence[Move],
    wish: Wish,
    *,
    fit: Mapping[str, float] | None = None,
    motion: Motion | None = None,
) -> Plan:
    """Choose a move for every eight-count of a song, on its "1", from start to end.

    Each clip enters at a "1" of its own and is played so that its counts fall on the song's.
    No move follows itself while there is another. ``fit`` tells how well moves meet the words asked
    for, 0 to 1, and ``motion`` how much is going on at the start and the end of their clips, 0 to
    1, each by the move's id. The order of the library makes no difference. Raises `NoMovesMatch`.
    """
    banned = set(wish.banned)
    moves = sorted((m for m in library if m.id not in banned), key=lambda move: move.id)
    floor = _floor(analysis, moves, wish, fit, motion)
    danceable = [number for number in range(len(moves)) if floor.can_be_danced(number)]
    if not danceable:
        raise NoMovesMatch(
            f"None of the {len(moves)} moves to choose from can be danced at "
            f"{analysis.tempo:.0f} BPM; add moves filmed within 15 % of that tempo."
        )
    pool, relaxed = _filtered(moves, danceable, wish)
    offers, unmet = _offered(floor, pool, danceable, wish)
    steps = beam.search(offers, floor.joins)
    return Plan(
        moves=tuple(explained(floor, steps, offers, pool, danceable)),
        degradations=(*relaxed, *unmet, *_beyond(steps, pool, wish)),
    )


def _floor(
    analysis: Analysis,
    moves: Sequence[Move],
    wish: Wish,
    fit: Mapping[str, float] | None,
    motion: Motion | None,
) -> Floor:
    """The floor; what is left over at the song's ends stands alone if no move is long enough."""
    taste = Taste(
        difficulty=wish.difficulty,
        energy_level=wish.energy_level,
        style=wish.style,
        seed=wish.seed,
        fit=fit,
        motion=motion,
    )
    floor = Floor(phrases(analysis), moves, analysis.beats, taste)
    ends = (0, len(floor.slots) - 1)
    if all(any(floor.fits(slot, number) for number in range(len(moves))) for slot in ends):
        return floor
    return Floor(phrases(analysis, join_scraps=False), moves, analysis.beats, taste)


def _filtered(
    moves: Sequence[Move], danceable: Sequence[int], wish: Wish
) -> tuple[list[int], list[str]]:
    """The moves that meet the wish, which is relaxed in order until there are enough."""
    wishes = {"energy_level": wish.energy_level, "style": wish.style, "difficulty": wish.difficulty}
    degradations: list[str] = []
    enough = min(_FEWEST, sum(_middle(moves[number]) for number in danceable))
    for relaxed in (None, "energy_level", "style", "difficulty"):
        if relaxed is not None:
            if wishes[relaxed] is None:
                continue
            degradations.append(
                f"Too few moves are {wishes[relaxed]}; the wish for {relaxed} was relaxed."
            )
            wishes[relaxed] = None
        left = [number for number in danceable if _meets(moves[number], wishes)]
        if sum(_middle(moves[number]) for number in left) >= enough:
            return left, degradations
    return list(danceable), degradations


def _middle(move: Move) -> bool:
    return move.label not in (INTRO, OUTRO)


def _meets(move: Move, wishes: Mapping[str, object]) -> bool:
    hardest = wishes["difficulty"]
    if isinstance(hardest, Difficulty) and HARDNESS[move.difficulty] > HARDNESS[hardest]:
        return False
    # The opening and the ending belong to every dance, whatever its energy and style.
    return not _middle(move) or (
        wishes["energy_level"] in (None, move.energy_level)
        and wishes["style"] in (None, move.style)
    )


def _offered(
    floor: Floor, pool: Sequence[int], danceable: Sequence[int], wish: Wish
) -> tuple[list[dict[int, list[Offer]]], list[str]]:
    """What may be danced on each eight-count, and the locks that could not be kept."""
    numbers = {move.id: number for number, move in enumerate(floor.moves)}
    locked = {lock.position: lock.move_id for lock in wish.locked}
    offers: list[dict[int, list[Offer]]] = []
    unmet = [
        f"The song has {len(floor.slots)} eight-counts; {move_id!r} was locked to {position}."
        for position, move_id in locked.items()
        if position >= len(floor.slots)
    ]
    for slot in range(len(floor.slots)):
        lengths = [
            n for n in range(1, LONGEST + 1) if not locked.keys() & range(slot + 1, slot + n)
        ]
        found: dict[int, list[Offer]] = {}
        if slot in locked:
            one = [numbers[locked[slot]]] if locked[slot] in numbers else []
            found = _by_length(floor, slot, lengths, one, anywhere=True)
            if not found:
                unmet.append(f"The move {locked[slot]!r} could not be danced at {slot}.")
        if not found:
            found = _open(floor, slot, lengths, pool, danceable)
        offers.append(found)
    return offers, unmet


def _open(
    floor: Floor, slot: int, lengths: Sequence[int], pool: Sequence[int], danceable: Sequence[int]
) -> dict[int, list[Offer]]:
    """What may be danced from an eight-count on that no move is locked to; raises `NoMovesMatch`.

    Moves that meet the wish; where these are too few, all; and of all too few, also openings and
    endings out of their places.
    """
    for among, anywhere in ((pool, False), (danceable, False), (danceable, True)):
        found = _by_length(floor, slot, lengths, among, anywhere)
        if len(found.get(1, ())) >= _CHOICE:
            return found
    if 1 not in found:
        short = floor.slots[slot]
        raise NoMovesMatch(
            f"No move of the library is long enough for the {short.end - short.start:.2f} s "
            f"from {short.start:.2f} s of the song; add moves of whole eight-counts."
        )
    return found


def _by_length(
    floor: Floor, slot: int, lengths: Sequence[int], among: Sequence[int], anywhere: bool
) -> dict[int, list[Offer]]:
    each = {length: floor.offers(slot, length, among, anywhere) for length in lengths}
    return {length: offers for length, offers in each.items() if offers}


def _beyond(steps: Sequence[Step], pool: Sequence[int], wish: Wish) -> list[str]:
    """What to say of moves that do not meet the wish and were taken for want of others."""
    locked = {lock.position for lock in wish.locked}
    meeting = set(pool)
    beyond = [step.slot for step in steps if step.move not in meeting and step.slot not in locked]
    if not beyond:
        return []
    places = ", ".join(map(str, beyond))
    return [f"No move that meets the wish fits the song at {places}; others were taken."]
