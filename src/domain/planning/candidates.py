"""What is offered for each eight-count of a song: the moves that may be danced from it on."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from domain.library.moves import INTRO, OUTRO
from domain.planning.beam_search import Offer
from domain.planning.figure_slots import Slots
from domain.planning.placements import LONGEST, Floor
from domain.shared.errors import NoMovesMatch

_CHOICE: Final = 3
"""Moves an eight-count needs to choose from: one may be danced just before, one just after."""

ByLength = dict[int, list[Offer]]
"""By how many eight-counts are danced: offers, cheapest first."""


class Offered(msgspec.Struct, frozen=True):
    """What may be danced from each eight-count on, and the locks that cannot be kept."""

    offers: list[ByLength]
    unmet: list[str]


def offered(
    floor: Floor,
    pool: Sequence[int],
    danceable: Sequence[int],
    locked: Mapping[int, str],
    kept: Slots | None = None,
) -> Offered:
    """Offer moves of the ``pool`` that meets the wish, and others where it is too small.

    ``locked`` are ids of moves by the eight-count they have to be danced on, ``kept`` the
    eight-counts that are kept for a figure. Raises `NoMovesMatch`.
    """
    numbers = {move.id: number for number, move in enumerate(floor.moves)}
    offers: list[ByLength] = []
    unmet = [
        f"The song has {len(floor.slots)} eight-counts; {move_id!r} was locked to {position}."
        for position, move_id in locked.items()
        if position >= len(floor.slots)
    ]
    kept = kept or Slots({}, {})
    fixed = locked.keys() | kept.moves.keys()
    for slot in range(len(floor.slots)):
        lengths = [n for n in range(1, LONGEST + 1) if not fixed & set(range(slot + 1, slot + n))]
        found: ByLength = {}
        if slot in locked:
            one = [numbers[locked[slot]]] if locked[slot] in numbers else []
            found = _by_length(floor, slot, dict.fromkeys(lengths, one), anywhere=True)
            if not found:
                unmet.append(f"The move {locked[slot]!r} could not be danced at {slot}.")
        elif slot in kept.moves:
            found = _kept(floor, slot, lengths, kept)
        if not found:
            found = _open(floor, slot, lengths, pool, danceable)
        offers.append(found)
    return Offered(offers, unmet)


def _kept(floor: Floor, slot: int, lengths: Sequence[int], kept: Slots) -> ByLength:
    """The moves an eight-count is kept for, those that meet the wish where there are any."""
    only = kept.lengths.get(slot)
    fitting = lengths if only is None or only not in lengths else [only]
    wished = [number for number in kept.moves[slot] if number in kept.meeting]
    for moves in (wished, kept.moves[slot]):
        found = _by_length(floor, slot, dict.fromkeys(fitting, moves), anywhere=True)
        if only in found or (only is None and 1 in found):
            return found
    return {}


def _open(
    floor: Floor, slot: int, lengths: Sequence[int], pool: Sequence[int], danceable: Sequence[int]
) -> ByLength:
    """What may be danced from an eight-count on that no move is locked to; raises `NoMovesMatch`.

    Moves that meet the wish; where these are too few, all; and of all too few, also openings and
    endings out of their places.
    """
    wished = {n: [*pool, *_ends(floor, slot, n, pool, danceable)] for n in lengths}
    among = dict.fromkeys(lengths, danceable)
    for each, anywhere in ((wished, False), (among, False), (among, True)):
        found = _by_length(floor, slot, each, anywhere=anywhere)
        if len(found.get(1, ())) >= _CHOICE:
            return found
    if 1 not in found:
        short = floor.slots[slot]
        raise NoMovesMatch(
            f"No move of the library is long enough for the {short.end - short.start:.2f} s "
            f"from {short.start:.2f} s of the song; add moves of whole eight-counts."
        )
    return found


def _ends(
    floor: Floor, slot: int, length: int, pool: Sequence[int], danceable: Sequence[int]
) -> list[int]:
    """Openings and endings that do not meet the wish, for their places, where none that does fits.

    A dance that breaks off stands out more than an ending that is a little harder than the rest.
    """
    places = {INTRO: slot == 0, OUTRO: slot + length == len(floor.slots)}
    found: list[int] = []
    for role in (role for role, here in places.items() if here):
        ours = [number for number in pool if floor.moves[number].label == role]
        if not floor.offers(slot, length, ours):
            found += [n for n in danceable if floor.moves[n].label == role and n not in ours]
    return found


def _by_length(
    floor: Floor, slot: int, among: Mapping[int, Sequence[int]], *, anywhere: bool = False
) -> ByLength:
    each = {length: floor.offers(slot, length, some, anywhere) for length, some in among.items()}
    return {length: offers for length, offers in each.items() if offers}
