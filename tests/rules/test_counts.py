"""The counts of a dance, from its song or from its clips."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.library.moves import Move
from domain.library.songs import Analysis
from domain.planning.counts import Count, counts_of_clips, counts_of_song
from domain.planning.phrases import all_ones
from domain.planning.planner import Wish, plan
from tests.strategies.songs import analyses, filmed, played, songs_and_libraries

Case = tuple[Analysis, tuple[Move, ...]]


def even(beats: int, *, first: float = 0.0, ones: tuple[int, ...] = (0, 8)) -> Analysis:
    """A song with a beat every half second."""
    moments = tuple(first + 0.5 * k for k in range(beats))
    return Analysis(
        tempo=120,
        beats=moments,
        ones=tuple(moments[k] for k in ones),
        sections=(),
        duration=first + 0.5 * beats,
        analyzed_by="test",
    )


def numbers(counts: tuple[Count, ...]) -> list[int]:
    return [count.number for count in counts]


@given(analyses(), st.floats(0.5, 1.2))
@settings(max_examples=150)
def test_every_count_is_on_a_beat_and_the_ones_are_where_they_are(
    song: Analysis, part: float
) -> None:
    end = song.duration * part
    counts = counts_of_song(song, end)

    starts = [count.start for count in counts]
    assert starts == sorted(set(starts))
    assert all(0 <= c.start < c.end <= min(end, song.duration) for c in counts)
    assert all(before.end <= after.start for before, after in pairwise(counts))
    within = [beat for beat in song.beats if beat < min(end, song.duration)]
    assert set(within) <= set(starts)
    ones = [count.start for count in counts if count.number == 1]
    for one in song.ones:
        if one < min(end, song.duration):
            assert min(abs(one - at) for at in ones) < 1e-6
    for before, after in pairwise(counts):
        assert after.number == before.number % 8 + 1


@given(songs_and_libraries, st.integers(0, 5))
@settings(max_examples=100, deadline=None)
def test_the_counts_of_the_clips_are_those_of_the_song(case: Case, seed: int) -> None:
    song, library = case
    dance = plan(song, library, Wish(seed=seed)).moves
    end = dance[-1].start_time + dance[-1].duration
    of_song = counts_of_song(song, end)

    of_clips = counts_of_clips(dance, {move.id: move for move in library})

    inside = [count for count in of_clips if song.ones[0] <= count.start <= song.ones[-1]]
    for count in inside:
        nearest = min(of_song, key=lambda each: abs(each.start - count.start))
        assert abs(nearest.start - count.start) < 0.1
        assert nearest.number == count.number


def test_what_comes_before_the_first_one_is_counted_backwards() -> None:
    counts = counts_of_song(even(20, first=0.1, ones=(3, 11)), 60)

    assert numbers(counts)[:4] == [6, 7, 8, 1]


def test_a_song_is_counted_to_its_ends_although_beats_are_known_in_its_middle_only() -> None:
    song = msgspec.structs.replace(even(16, first=4.0), duration=16.0)

    counts = counts_of_song(song, 60)

    assert [counts[0].start, counts[-1].end] == pytest.approx([0.0, 16.0])
    assert numbers(counts) == [k % 8 + 1 for k in range(32)]


def test_an_inserted_bar_is_counted_from_one_to_four() -> None:
    counts = counts_of_song(even(44, ones=(0, 8, 20, 28, 36)), 60)

    assert numbers(counts)[8:21] == [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 1]


def test_a_missing_beat_leaves_its_count_out() -> None:
    song = even(24, ones=(0, 8, 16))
    song = msgspec.structs.replace(song, beats=(*song.beats[:10], *song.beats[11:]))

    counts = counts_of_song(song, 60)

    assert numbers(counts)[8:12] == [1, 2, 4, 5]
    assert counts[9].end == pytest.approx(counts[9].start + 0.75)


def test_a_song_without_known_beats_is_counted_by_its_ones() -> None:
    song = msgspec.structs.replace(played(14), beats=())

    counts = counts_of_song(song, song.duration)

    assert set(numbers(counts)) == set(range(1, 9))
    ones = [count.start for count in counts if count.number == 1]
    assert ones[: len(song.ones)] == pytest.approx(all_ones(song))


def test_a_clip_without_a_known_move_has_no_counts() -> None:
    [move, *_] = plan(played(14), filmed(12), Wish()).moves
    assert counts_of_clips([move], {}) == ()
    assert counts_of_clips([msgspec.structs.replace(move, clip_id=None)], {}) == ()
