"""Beam search for the dance with the lowest cost."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from domain.planning.costs import AGAIN, WINDOW

WIDTH: Final = 64
"""Beam width; a width of 256 finds a dance that is at most 1 % cheaper."""

_ALIKE: Final = 32
"""Maximum ways with the same last move, so that not all end where none can continue."""

_SPARE: Final = WIDTH // 4
"""Extra ways that are kept until duplicates are removed."""

Offer: TypeAlias = tuple[float, int]
"""The cost of a move in its place, and the move's number."""

Offers: TypeAlias = Sequence[Mapping[int, Sequence[Offer]]]
"""For each eight-count of a song, by number of eight-counts: offers, cheapest first."""


class Step(NamedTuple):
    """A move of the dance."""

    slot: int
    """Index of its first eight-count."""
    length: int
    """Number of eight-counts."""
    move: int


class _Way(NamedTuple):
    """A dance up to some eight-count."""

    cost: float
    recent: tuple[int, ...]
    step: Step | None
    before: "_Way | None"


class _Crossing:
    """The cheapest ways to one eight-count so far."""

    def __init__(self, width: int) -> None:
        self._most = width + _SPARE
        self._width = width
        self._ways: list[tuple[float, int, int, int, _Way]] = []
        self.bound = float("inf")
        """Maximum cost of a way that is still kept."""

    def take(self, ways: list[tuple[float, int, int, int, _Way]]) -> None:
        """Add ways; each is its cost, its number, its last move, that move's length, and the
        previous way.
        """
        self._ways += ways
        if len(self._ways) > 2 * self._most:
            self._ways = sorted(self._ways)[: self._most]
            self.bound = self._ways[-1][0]

    def best(self, slot: int) -> list[_Way]:
        """Return the cheapest ways; of those with the same recent moves only the cheapest."""
        histories: set[tuple[int, ...]] = set()
        ends: dict[int, int] = {}
        ways: list[_Way] = []
        for cost, _, move, length, way in sorted(self._ways):
            recent = (*way.recent[1 - WINDOW :], move)
            if recent in histories or ends.get(move, 0) >= _ALIKE:
                continue
            histories.add(recent)
            ends[move] = ends.get(move, 0) + 1
            ways.append(_Way(cost, recent, Step(slot - length, length, move), way))
            if len(ways) == self._width:
                break
        return ways


def search(
    offers: Offers, joins: Callable[[int], Sequence[float]], width: int = WIDTH
) -> tuple[Step, ...]:
    """Return the cheapest dance found, from the first eight-count to the last.

    ``joins`` returns for a move the costs of each move after it. Every reachable eight-count needs
    an offer. The result is deterministic; ties go to the first.
    """
    crossings = [_Crossing(width) for _ in range(len(offers) + 1)]
    ways = [_Way(0.0, (), None, None)]
    count = 0
    for slot, by_length in enumerate(offers):
        for way in ways:
            again = _again(way.recent)
            join_costs = joins(way.recent[-1]) if way.recent else None
            for length, moves in by_length.items():
                crossing = crossings[slot + length]
                room = crossing.bound - way.cost
                on: list[tuple[float, int, int, int, _Way]] = []
                for cost, move in moves:
                    if cost > room:
                        break
                    count += 1
                    whole = way.cost + cost + again.get(move, 0.0)
                    if join_costs is not None:
                        whole += join_costs[move]
                    on.append((whole, count, move, length, way))
                crossing.take(on)
        ways = crossings[slot + 1].best(slot + 1)
    return _walked(ways[0])


def _again(recent: tuple[int, ...]) -> dict[int, float]:
    """Return the cost of repeating each recent move."""
    costs: dict[int, float] = {}
    for price, move in zip(AGAIN, reversed(recent), strict=False):
        costs[move] = costs.get(move, 0.0) + price
    return costs


def _walked(way: _Way) -> tuple[Step, ...]:
    steps: list[Step] = []
    here: _Way | None = way
    while here is not None and here.step is not None:
        steps.append(here.step)
        here = here.before
    return tuple(reversed(steps))
