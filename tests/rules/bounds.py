"""Lower bounds of the cost of any dance: all dances tried, and an exact bound."""

from collections.abc import Sequence
from heapq import heappop, heappush

from domain.planning.beam_search import Offers, Step
from domain.planning.costs import WINDOW, repetition

Joins = Sequence[Sequence[float]]
Window = tuple[int, ...]


def cost_of(steps: Sequence[Step], offers: Offers, joins: Joins) -> float:
    """Return the cost of a dance."""
    moves = [step.move for step in steps]
    whole = 0.0
    for index, step in enumerate(steps):
        [price] = [cost for cost, move in offers[step.slot][step.length] if move == step.move]
        whole += price + repetition(moves[:index], step.move)
        whole += joins[moves[index - 1]][step.move] if index else 0.0
    return whole


def cheapest(offers: Offers, joins: Joins, slot: int = 0, danced: Window = ()) -> float:
    """The cheapest of all dances there are, by trying each."""
    if slot == len(offers):
        return 0.0
    return min(
        cost
        + repetition(danced, move)
        + (joins[danced[-1]][move] if danced else 0.0)
        + cheapest(offers, joins, slot + length, (*danced, move))
        for length, moves in offers[slot].items()
        for cost, move in moves
    )


def least(offers: Offers, joins: Joins, at_most: float, most: int) -> float:
    """No dance is cheaper than this, of which one costs ``at_most``; looks at ``most`` beginnings.

    A* with the whole window of repetition in its state: what is still to come is never less than
    what `_to_come` says, so the least sum among the open beginnings is a lower bound at any time,
    and the cheapest dance itself once it is whole.
    """
    to_come = _to_come(offers, joins)
    open_ways: list[tuple[float, int, float, Window]] = [(to_come[0][()], 0, 0.0, ())]
    best: dict[tuple[int, Window], float] = {}
    bound = 0.0
    for _ in range(most):
        if not open_ways:
            return at_most
        bound, slot, so_far, danced = heappop(open_ways)
        slot = -slot
        if slot == len(offers):
            break
        for length, moves in offers[slot].items():
            for cost, move in moves:
                whole = so_far + cost + repetition(danced, move)
                whole += joins[danced[-1]][move] if danced else 0.0
                state = (slot + length, (*danced[1 - WINDOW :], move))
                hope = whole + to_come[slot + length][state[1][-2:]]
                if hope <= at_most + 1e-9 and whole < best.get(state, float("inf")):
                    best[state] = whole
                    heappush(open_ways, (hope, -state[0], whole, state[1]))
    return min(bound, at_most)


def _to_come(offers: Offers, joins: Joins) -> list[dict[Window, float]]:
    """The cheapest end of a dance after any two moves, if a repetition cost within two only.

    A dynamic programme from the end; the repetitions it leaves out never cost less than nothing.
    """
    numbers = range(len(joins))
    windows = [(), *((a,) for a in numbers), *((a, b) for a in numbers for b in numbers)]
    ends: list[dict[Window, float]] = [dict.fromkeys(windows, 0.0)]
    for by_length in reversed(offers):
        here = {
            window: min(
                (
                    cost
                    + repetition(window, move)
                    + (joins[window[-1]][move] if window else 0.0)
                    + ends[-length][(*window[-1:], move)]
                    for length, moves in by_length.items()
                    for cost, move in moves
                ),
                default=float("inf"),
            )
            for window in windows
        }
        ends.append(here)
    return ends[::-1]
