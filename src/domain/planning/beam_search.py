"""Beam search: the cheapest way through a song, many at a time."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from domain.planning.costs import AGAIN, WINDOW

WIDTH: Final = 64
"""Dances that are followed at a time; 256 of them find one that is 1 % cheaper at best."""

_ALIKE: Final = 32
"""Of those, how many may have the same last move, lest all end where none can go on."""

_SPARE: Final = WIDTH // 4
"""More than the width are kept until the like are sorted out."""

Offer: TypeAlias = tuple[float, int]
"""A move that can be danced, by its number, after what it costs in its place."""

Offers: TypeAlias = Sequence[Mapping[int, Sequence[Offer]]]
"""For each eight-count of a song, by how many eight-counts are danced: offers, cheapest first."""


class Step(NamedTuple):
    """A move of the dance that was found."""

    slot: int
    """The eight-count it begins on."""
    length: int
    """How many it lasts."""
    move: int


class _Way(NamedTuple):
    """A dance up to some eight-count."""

    cost: float
    recent: tuple[int, ...]
    step: Step | None
    before: "_Way | None"


class _Crossing:
    """The cheapest ways that have come to an eight-count so far."""

    def __init__(self, width: int) -> None:
        self._most = width + _SPARE
        self._width = width
        self._found: list[tuple[float, int, int, int, _Way]] = []
        self.bound = float("inf")
        """What a way may cost at most to be among them."""

    def take(self, ways: list[tuple[float, int, int, int, _Way]]) -> None:
        """Take ways; each is its cost, its number, its last move, that one's length, the rest."""
        self._found += ways
        if len(self._found) > 2 * self._most:
            self._found = sorted(self._found)[: self._most]
            self.bound = self._found[-1][0]

    def best(self, slot: int) -> list[_Way]:
        """The cheapest, of those with the same recent moves the cheapest only."""
        seen: set[tuple[int, ...]] = set()
        ends: dict[int, int] = {}
        ways: list[_Way] = []
        for cost, _, move, length, way in sorted(self._found):
            recent = (*way.recent[1 - WINDOW :], move)
            if recent in seen or ends.get(move, 0) >= _ALIKE:
                continue
            seen.add(recent)
            ends[move] = ends.get(move, 0) + 1
            ways.append(_Way(cost, recent, Step(slot - length, length, move), way))
            if len(ways) == self._width:
                break
        return ways


def search(
    offers: Offers, joins: Callable[[int], Sequence[float]], width: int = WIDTH
) -> tuple[Step, ...]:
    """The cheapest dance found from the first eight-count to the last.

    ``joins`` gives for a move what each move costs after it. Every eight-count that can be come to
    has to have an offer. Deterministic; of two as cheap, that which comes first.
    """
    crossings = [_Crossing(width) for _ in range(len(offers) + 1)]
    ways = [_Way(0.0, (), None, None)]
    count = 0
    for slot, by_length in enumerate(offers):
        for way in ways:
            again = _again(way.recent)
            joined = joins(way.recent[-1]) if way.recent else None
            for length, moves in by_length.items():
                crossing = crossings[slot + length]
                room = crossing.bound - way.cost
                on: list[tuple[float, int, int, int, _Way]] = []
                for cost, move in moves:
                    if cost > room:
                        break
                    count += 1
                    whole = way.cost + cost + again.get(move, 0.0)
                    if joined is not None:
                        whole += joined[move]
                    on.append((whole, count, move, length, way))
                crossing.take(on)
        ways = crossings[slot + 1].best(slot + 1)
    return _walked(ways[0])


def _again(recent: tuple[int, ...]) -> dict[int, float]:
    """What each recent move costs when it is danced again."""
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
