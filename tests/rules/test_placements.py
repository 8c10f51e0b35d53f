"""The possible placements of moves, and their costs."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Style
from domain.library.songs import Analysis
from domain.planning.phrases import phrases
from domain.planning.placements import Placements, Preferences
from tests.strategies.songs import analyses, filmed, libraries, played

preference_sets = st.builds(
    Preferences,
    difficulty=st.none() | st.sampled_from(Difficulty),
    energy_level=st.none() | st.sampled_from(Energy),
    style=st.none() | st.sampled_from(Style),
    seed=st.integers(0, 5),
    fit=st.none() | st.dictionaries(st.sampled_from(["move-02", "move-03"]), st.floats(0, 1)),
)


def placements_of(song: Analysis) -> Placements:
    return Placements(phrases(song), filmed(12), song.beats, Preferences())


@given(st.data(), preference_sets)
def test_an_offer_costs_what_its_named_costs_add_up_to(
    data: st.DataObject, preferences: Preferences
) -> None:
    song = data.draw(analyses())
    library = data.draw(libraries(song.tempo))
    placements = Placements(phrases(song), library, song.beats, preferences)
    slot = data.draw(st.integers(0, len(placements.slots) - 1))
    for length in (1, 2):
        phrase = placements.phrase(slot, length)
        for cost, number in placements.offers(slot, length, range(len(library)), anywhere=True):
            assert phrase is not None
            terms = placements.terms(slot, phrase, number)
            assert cost == pytest.approx(sum(terms.values()), abs=1e-9)
            assert min(terms.values()) >= 0


def test_eight_counts_of_one_section_are_one_phrase_where_the_tempo_is_steady() -> None:
    placements = placements_of(played(24, drift=0))
    ends = [
        k
        for k, s in enumerate(placements.slots[:-1])
        if s.section != placements.slots[k + 1].section
    ]
    apart = [k for k in range(len(placements.slots)) if placements.phrase(k, 2) is None]
    assert apart == [*ends, len(placements.slots) - 1]


def test_eight_counts_between_which_the_tempo_drifts_are_no_phrase() -> None:
    placements = placements_of(played(24, drift=0.04))
    joined = [k for k in range(1, len(placements.slots)) if (placements.phrase(k, 2)) is not None]
    assert len(joined) <= 3
    assert all(max_unsteady(placements, k) <= 0.025 for k in joined)


def max_unsteady(placements: Placements, slot: int) -> float:
    phrase = placements.phrase(slot, 2)
    assert phrase is not None
    return placements.unsteadiness(phrase)


def test_a_phrase_does_not_go_on_over_a_bar_that_was_left_out() -> None:
    ones = (0.0, 4.0, 8.0, 10.0, 14.0, 18.0, 22.0)
    song = Analysis(tempo=120, beats=(), ones=ones, sections=(), duration=26, analyzed_by="test")
    placements = placements_of(song)
    assert [placements.phrase(k, 2) is None for k in range(len(placements.slots) - 1)] == [
        False,
        False,
        True,
        False,
        False,
        False,
    ]


def test_openings_and_endings_are_offered_in_their_places_only() -> None:
    placements = placements_of(played(12))
    last = len(placements.slots) - 1
    labels = [
        {placements.moves[number].label for _, number in placements.offers(slot, 1, range(12))}
        & {"intros", "outro"}
        for slot in range(len(placements.slots))
    ]
    assert not any(labels[1:last])
    assert labels[0] <= {"intros"}
    assert labels[last] <= {"outro"}
    assert any(labels)


def test_a_slow_clip_is_not_offered() -> None:
    song = played(12)
    library = [msgspec.structs.replace(move, tempo=100, beats=()) for move in filmed(12)]
    placements = Placements(phrases(song), library, song.beats, Preferences())
    assert not any(placements.can_be_danced(number) for number in range(12))
    assert placements.offers(3, 1, range(12)) == []
