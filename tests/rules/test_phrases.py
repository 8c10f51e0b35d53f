"""Eight-counts where a listener, or the music, leaves something out."""

import pytest

from domain.library.songs import Analysis
from domain.planning.phrases import phrases
from tests.strategies.songs import played


def song(ones: list[float], beats: tuple[float, ...] = (), duration: float = 40) -> Analysis:
    return Analysis(
        tempo=120, beats=beats, ones=tuple(ones), sections=(), duration=duration, analyzed_by="test"
    )


def test_a_one_that_was_left_out_is_put_in_on_a_beat() -> None:
    ones = [4.0 * k for k in range(10) if k not in (3, 6, 7)]
    beats = tuple(k / 2 + 0.03 for k in range(80))
    assert [slot.start for slot in phrases(song(ones))] == [4.0 * k for k in range(10)]
    starts = [slot.start for slot in phrases(song(ones, beats))]
    assert starts[3] == pytest.approx(12.03)
    assert starts[4] == 16.0


def test_a_bar_that_is_left_out_or_put_in_makes_a_phrase_of_fewer_or_more_beats() -> None:
    ones = [0, 4, 8, 10, 14, 18, 24, 28, 32, 36.0]
    assert [slot.beats for slot in phrases(song(ones))] == [8, 8, 4, 8, 8, 12, 8, 8, 8, 8]


def test_an_eight_count_at_a_slower_tempo_is_one_of_eight_beats() -> None:
    ones = [0, 4, 8, 12.6, 16.6, 20.6]
    assert [slot.beats for slot in phrases(song(ones, duration=24.6))] == [8] * 6
    slower = tuple(8 + k * 4.6 / 8 for k in range(8))
    beats = (*(k / 2 for k in range(16)), *slower, *(12.6 + k / 2 for k in range(24)))
    assert [slot.beats for slot in phrases(song(ones, beats, 24.6))] == [8] * 6


@pytest.mark.parametrize("missed", [slice(1, None), slice(0, 79), slice(2, 78)])
def test_beats_that_are_missed_at_the_ends_of_a_song_are_counted(missed: slice) -> None:
    # The first eight-count is a little shorter than the others.
    ones = [4.0 * k - 0.01 for k in range(1, 9)]
    beats = tuple(max(0.0, k / 2 - 0.01) for k in range(80))[missed]
    slots = phrases(song(ones, beats))
    assert [slot.beats for slot in slots] == pytest.approx([8] * 10, abs=0.03)
    assert [slot.count for slot in slots] == [0] * 10


@pytest.mark.parametrize("seed", range(4))
def test_a_song_whose_tempo_sways_is_of_eight_counts(seed: int) -> None:
    slots = phrases(played(24, seed, drift=0.05))
    assert [slot.beats for slot in slots[1:]] == pytest.approx([8] * 23)
