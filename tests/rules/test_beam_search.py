"""The search for the cheapest dance, held against what cannot be beaten."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.planning import beam_search
from domain.planning.beam_search import Offer, Step
from domain.planning.phrases import phrases
from domain.planning.placements import LONGEST, Placements, Preferences
from tests.rules.bounds import cheapest, cost_of, least
from tests.strategies.songs import filmed, played

Offers = list[dict[int, list[Offer]]]
Joins = list[list[float]]
Case = tuple[Offers, Joins]

prices = st.floats(0, 3, allow_nan=False)
WITHIN = 1.15


@st.composite
def little_songs(draw: st.DrawFn) -> Case:
    """Three or four moves on up to six eight-counts: every dance can be tried."""
    moves, slots = draw(st.integers(3, 4)), draw(st.integers(1, 6))
    price: Callable[[], float] = lambda: draw(prices)  # noqa: E731
    offers: Offers = []
    for slot in range(slots):
        here = {1: sorted((price(), move) for move in range(moves))}
        if slot + 2 <= slots and draw(st.booleans()):
            here[2] = sorted((2 * price(), move) for move in range(draw(st.integers(1, moves))))
        offers.append(here)
    return offers, [[price() / 3 for _ in range(moves)] for _ in range(moves)]


def on_the_floor(moves: int, eights: int, seed: int) -> Case:
    """All that can be danced to a song, at the planner's own prices."""
    song, library = played(eights, seed), filmed(moves, seed)
    placements = Placements(phrases(song), library, song.beats, Preferences(seed=seed))
    offers = [
        {
            length: by_length
            for length in range(1, LONGEST + 1)
            if (by_length := placements.offers(slot, length, range(moves)))
        }
        for slot in range(len(placements.slots))
    ]
    return offers, [list(placements.joins(number)) for number in range(moves)]


@given(little_songs())
def test_the_beam_finds_the_cheapest_of_all_dances_within_15_percent(case: Case) -> None:
    offers, joins = case
    cost = cost_of(beam_search.search(offers, joins.__getitem__), offers, joins)
    best = cheapest(offers, joins)
    assert best - 1e-9 <= cost <= WITHIN * best + 1e-9


@given(little_songs(), st.sampled_from([3, 30, 3000]))
def test_the_lower_bound_is_below_every_dance_and_meets_the_best_in_the_end(
    case: Case, most: int
) -> None:
    offers, joins = case
    best = cheapest(offers, joins)
    cost = cost_of(beam_search.search(offers, joins.__getitem__), offers, joins)
    bound = least(offers, joins, cost, most)
    assert bound <= best + 1e-9
    if most == 3000:
        assert bound == pytest.approx(best)


@pytest.mark.parametrize(
    ("moves", "eights", "seed"), [(12, 12, 3), (14, 16, 1), (14, 16, 2), (20, 32, 0), (30, 32, 2)]
)
def test_to_a_whole_song_the_beam_is_within_15_percent_of_a_lower_bound(
    moves: int, eights: int, seed: int
) -> None:
    offers, joins = on_the_floor(moves, eights, seed)
    cost = cost_of(beam_search.search(offers, joins.__getitem__), offers, joins)
    bound = least(offers, joins, cost, 4000)
    assert bound - 1e-9 <= cost <= WITHIN * bound


@given(little_songs())
def test_the_dance_goes_from_the_first_eight_count_to_the_last(case: Case) -> None:
    offers, joins = case
    at = 0
    for step in beam_search.search(offers, joins.__getitem__):
        assert step.slot == at
        at += step.length
    assert at == len(offers)


def alone(_: int) -> list[float]:
    return [0.0, 0.0]


def test_a_dearer_move_is_taken_where_the_cheapest_would_follow_itself() -> None:
    offers: Sequence[Mapping[int, Sequence[Offer]]] = [{1: [(0.0, 0), (9.0, 1)]}] * 3
    assert [step.move for step in beam_search.search(offers, alone)] == [0, 1, 0]


def test_the_only_move_there_is_follows_itself() -> None:
    offers: Sequence[Mapping[int, Sequence[Offer]]] = [{1: [(0.0, 0)]}] * 3
    assert [step.move for step in beam_search.search(offers, alone)] == [0, 0, 0]


def test_an_eight_count_that_is_skipped_by_all_is_no_hindrance() -> None:
    offers = [{2: [(0.0, 0)]}, {1: [(0.0, 1)]}, {1: [(0.0, 1)]}]
    assert beam_search.search(offers, alone) == (Step(0, 2, 0), Step(2, 1, 1))
