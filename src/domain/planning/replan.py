"""Plan a part of an existing dance again."""

from collections.abc import Mapping, Sequence

from domain.blueprint.model import Blueprint
from domain.library.moves import Move
from domain.library.songs import Analysis
from domain.planning.costs import Motion
from domain.planning.figure_slots import Requested
from domain.planning.fixed_slots import FixedSlots, in_exact_time
from domain.planning.placements import Placements, Preferences
from domain.planning.planner import Draft, Plan, Wish


def planned_again(
    before: Blueprint,
    analysis: Analysis,
    library: Sequence[Move],
    wish: Wish,
    fixed: FixedSlots,
    *,
    fit: Mapping[str, float] | None = None,
    motion: Motion | None = None,
    requested: Requested | None = None,
) -> Plan:
    """Return a dance in the time of ``before``, of which the kept moves are unchanged.

    The other arguments are those of `planner.plan`; the same arguments give the same dance. Raises
    `NoMovesMatch`.
    """
    if not fixed.open and len(fixed.kept) == len(fixed.slots):
        return Plan(moves=before.moves)
    draft = Draft(analysis, library, wish, fit=fit, motion=motion, requested=requested, fixed=fixed)
    planned = draft.plan()
    return Plan(
        moves=in_exact_time(planned.moves, fixed, before),
        warnings=planned.warnings,
    )


def unfitting(analysis: Analysis, fixed: FixedSlots) -> tuple[int, ...]:
    """Return the indices in the Blueprint of chosen moves that do not fit their time.

    Such a move is too short for it, or its tempo differs too much from the song's.
    """
    slots = [slot for slot in fixed.moves if slot not in fixed.kept]
    moves = [fixed.moves[slot] for slot in slots]
    placements = Placements(fixed.slots, moves, analysis.beats, Preferences(), fixed.numbers)
    fits = [placements.fits(slot, number) for number, slot in enumerate(slots)]
    return tuple(fixed.index_of(slot) for slot, fit in zip(slots, fits, strict=True) if not fit)
