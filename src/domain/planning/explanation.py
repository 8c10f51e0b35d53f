"""Explain the choice of each move, and name alternatives."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from heapq import nsmallest
from typing import Any, Final

from domain.blueprint.model import BlueprintMove
from domain.planning import costs
from domain.planning.beam_search import Offer, Offers, Step
from domain.planning.clip_alignment import cast_to
from domain.planning.phrases import Phrase
from domain.planning.placements import Placements

ALTERNATIVES: Final = 3
"""Number of alternatives for each slot."""


def explained(
    placements: Placements,
    steps: Sequence[Step],
    offers: Offers,
    *pools: Collection[int],
    kept: Mapping[int, BlueprintMove],
) -> Iterator[BlueprintMove]:
    """Yield the moves of a dance with their costs by name and the cheapest alternatives.

    Those in ``kept``, by their first eight-count, stay as they are.

    Alternatives come from the searched ``offers``, then from each of the ``pools``; none equals a
    neighbouring move. Their costs are those after the actual previous moves.
    """
    numbers = [step.move for step in steps]
    for index, step in enumerate(steps):
        if step.slot in kept:
            yield kept[step.slot]
            continue
        phrase = placements.phrase(step.slot, step.length)
        if phrase is None:
            raise AssertionError(f"A move is danced from {step.slot} on, where no phrase is.")
        recent = numbers[max(0, index - costs.WINDOW) : index]
        costs_by_name = {
            name: round(cost, 4) for name, cost in _costs(placements, step, phrase, recent).items()
        }
        neighbours = {step.move, *numbers[max(0, index - 1) : index + 2]}
        others = _others(placements, step, neighbours, offers, pools)
        reason: dict[str, Any] = {
            "cost": round(sum(costs_by_name.values()), 4),
            "costs": costs_by_name,
            "alternatives": _alternatives(placements, others, recent),
        }
        alignment, _ = placements.alignment(phrase, step.move)
        yield cast_to(phrase, placements.moves[step.move], alignment, reason)


def _costs(
    placements: Placements, step: Step, phrase: Phrase, recent: Sequence[int]
) -> dict[str, float]:
    return {
        **placements.terms(step.slot, phrase, step.move),
        "continuity": placements.joins(recent[-1])[step.move] if recent else 0.0,
        "repetition": costs.repetition(recent, step.move),
    }


def _others(
    placements: Placements,
    step: Step,
    neighbours: Collection[int],
    offers: Offers,
    pools: Sequence[Collection[int]],
) -> list[Offer]:
    others = [offer for offer in offers[step.slot][step.length] if offer[1] not in neighbours]
    for pool in pools:
        if len(others) >= ALTERNATIVES:
            break
        wider = placements.offers(step.slot, step.length, pool)
        others = [offer for offer in wider if offer[1] not in neighbours]
    return others


def _alternatives(
    placements: Placements, others: Sequence[Offer], recent: Sequence[int]
) -> list[dict[str, Any]]:
    join_costs = placements.joins(recent[-1]) if recent else None
    whole = [
        (
            cost + (join_costs[number] if join_costs else 0) + costs.repetition(recent, number),
            number,
        )
        for cost, number in others
    ]
    return [
        {
            "move_id": placements.moves[number].id,
            "name": placements.moves[number].name,
            "cost": round(cost, 4),
        }
        for cost, number in nsmallest(ALTERNATIVES, whole)
    ]
