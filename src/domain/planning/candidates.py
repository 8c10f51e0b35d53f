"""The candidates for each eight-count of a song."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from domain.library.moves import INTRO, OUTRO
from domain.planning.beam_search import Offer
from domain.planning.figure_slots import Slots
from domain.planning.placements import LONGEST, Placements
from domain.shared.errors import NoMovesMatch
from domain.shared.result_warnings import ResultWarning, WarningCode

_CHOICE: Final = 3
"""Minimum number of candidates: one may be the previous move and one the next."""

ByLength = dict[int, list[Offer]]
"""Offers, cheapest first, by number of eight-counts."""


class Candidates(msgspec.Struct, frozen=True):
    """The candidates of each eight-count, and the locks that cannot be met."""

    offers: list[ByLength]
    unmet: list[ResultWarning]


def candidates(
    placements: Placements,
    pool: Sequence[int],
    danceable: Sequence[int],
    locked: Mapping[int, str],
    slots: Slots | None = None,
    settled: Mapping[int, int] | None = None,
) -> Candidates:
    """Return candidates of the ``pool`` that meets the wish, and others if it is too small.

    ``locked`` are ids of moves by the eight-count they must start on, ``slots`` the eight-counts
    reserved for figures, and ``settled`` the number of the only move of others, whether it fits or
    not. Raises `NoMovesMatch`.
    """
    numbers = {move.id: number for number, move in enumerate(placements.moves)}
    offers: list[ByLength] = []
    unmet = [
        ResultWarning(
            WarningCode.LOCK_NOT_MET,
            f"The song has {len(placements.slots)} eight-counts, so {move_id!r} cannot be locked "
            f"to eight-count {position}.",
        )
        for position, move_id in locked.items()
        if position >= len(placements.slots)
    ]
    slots = slots or Slots({}, {})
    settled = settled or {}
    fixed = locked.keys() | slots.moves.keys() | settled.keys()
    for slot in range(len(placements.slots)):
        lengths = [n for n in range(1, LONGEST + 1) if not fixed & set(range(slot + 1, slot + n))]
        by_length: ByLength = {}
        if slot in settled:
            offers.append({1: [(0.0, settled[slot])]})
            continue
        if slot in locked:
            one = [numbers[locked[slot]]] if locked[slot] in numbers else []
            by_length = _by_length(placements, slot, dict.fromkeys(lengths, one), anywhere=True)
            if not by_length:
                message = (
                    f"The move {locked[slot]!r} does not fit at the eight-count {slot}, to which "
                    "it is locked."
                )
                unmet.append(ResultWarning(WarningCode.LOCK_NOT_MET, message))
        elif slot in slots.moves:
            by_length = _reserved_moves(placements, slot, lengths, slots)
        if not by_length:
            by_length = _open(placements, slot, lengths, pool, danceable)
        offers.append(by_length)
    return Candidates(offers, unmet)


def _reserved_moves(
    placements: Placements, slot: int, lengths: Sequence[int], slots: Slots
) -> ByLength:
    """Return the moves that an eight-count is reserved for, preferably those that meet the wish."""
    only = slots.lengths.get(slot)
    fitting = lengths if only is None or only not in lengths else [only]
    wished = [number for number in slots.moves[slot] if number in slots.meeting]
    for moves in (wished, slots.moves[slot]):
        by_length = _by_length(placements, slot, dict.fromkeys(fitting, moves), anywhere=True)
        if only in by_length or (only is None and 1 in by_length):
            return by_length
    return {}


def _open(
    placements: Placements,
    slot: int,
    lengths: Sequence[int],
    pool: Sequence[int],
    danceable: Sequence[int],
) -> ByLength:
    """Return the candidates of an eight-count without a locked move; raises `NoMovesMatch`.

    Moves that meet the wish; if these are too few, all moves; and if all are too few, openings and
    endings at any place too.
    """
    wished = {n: [*pool, *_ends(placements, slot, n, pool, danceable)] for n in lengths}
    among = dict.fromkeys(lengths, danceable)
    for each, anywhere in ((wished, False), (among, False), (among, True)):
        by_length = _by_length(placements, slot, each, anywhere=anywhere)
        if len(by_length.get(1, ())) >= _CHOICE:
            return by_length
    if 1 not in by_length:
        short = placements.slots[slot]
        raise NoMovesMatch(
            f"No move of the library is long enough for the {short.end - short.start:.2f} s "
            f"from {short.start:.2f} s of the song; add moves of whole eight-counts."
        )
    return by_length


def _ends(
    placements: Placements, slot: int, length: int, pool: Sequence[int], danceable: Sequence[int]
) -> list[int]:
    """Return openings and endings that do not meet the wish, for places where no other fits.

    A missing ending is more noticeable than an ending that is slightly harder than the rest.
    """
    places = {INTRO: slot == 0, OUTRO: slot + length == len(placements.slots)}
    numbers: list[int] = []
    for role in (role for role, here in places.items() if here):
        ours = [number for number in pool if placements.moves[number].label == role]
        if not placements.offers(slot, length, ours):
            numbers += [n for n in danceable if placements.moves[n].label == role and n not in ours]
    return numbers


def _by_length(
    placements: Placements, slot: int, among: Mapping[int, Sequence[int]], *, anywhere: bool = False
) -> ByLength:
    each = {
        length: placements.offers(slot, length, some, anywhere) for length, some in among.items()
    }
    return {length: offers for length, offers in each.items() if offers}
