"""A song is counted at half or twice its tempo where no move can be danced to it otherwise."""

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.blueprint.model import Difficulty
from domain.library.corrections import Correction, corrected
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Analysis
from domain.planning.tempo_octaves import counted_at, fits, fitting, settles, ways_to_count
from domain.shared.result_warnings import WarningCode
from tests.strategies.songs import analyses, libraries


def move_at(tempo: float) -> Move:
    return Move(
        id="m",
        name="M",
        label="basic",
        video_path="m.mp4",
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.LOW,
        style=Style.ROMANTIC,
        duration=8.0,
        tempo=tempo,
    )


@given(song=analyses())
def test_it_is_counted_as_it_was_heard_first_of_all(song: Analysis) -> None:
    first = next(ways_to_count(song))
    assert first.analysis == song
    assert first.warning is None


@given(song=analyses())
def test_every_other_way_keeps_the_first_one_and_says_what_it_is(song: Analysis) -> None:
    _, *others = ways_to_count(song)
    assert len(others) == 2
    for way in others:
        assert song.ones[0] in way.analysis.ones
        assert way.analysis.confidence == song.confidence
        assert f"{way.analysis.tempo:.0f} BPM" in (way.warning.message if way.warning else "")


@given(song=analyses(), data=st.data())
def test_of_a_song_heard_twice_too_fast_half_is_danced(song: Analysis, data: st.DataObject) -> None:
    moves = data.draw(libraries(song.tempo))
    fast = corrected(song, Correction(beats="double"))
    others = [fitting(moves, song.tempo * level) for level in (2, 4)]
    assume(max(others) < fitting(moves, song.tempo))
    way = max(ways_to_count(fast), key=lambda way: fitting(moves, way.analysis.tempo))
    assert way.analysis.tempo == pytest.approx(song.tempo, rel=0.02)
    assert set(way.analysis.beats) <= set(fast.beats)


@given(song=analyses(), moves=st.lists(st.floats(40, 260), max_size=80), data=st.data())
def test_what_settles_the_count_has_the_most_moves(
    song: Analysis, moves: list[float], data: st.DataObject
) -> None:
    first, *others = data.draw(st.permutations(list(ways_to_count(song))))
    some = [move_at(tempo) for tempo in moves]
    fit = fitting(some, first.analysis.tempo)
    if settles(fit, len(some)):
        assert all(fitting(some, way.analysis.tempo) <= fit for way in others)


def test_a_move_fits_one_way_to_count_at_most() -> None:
    for tempo in range(30, 300):
        ways = [each for each in (0.5, 1, 2) if fits(move_at(120), tempo * each)]
        assert len(ways) <= 1


@given(song=analyses())
def test_the_way_that_is_danced_more_comes_first(song: Analysis) -> None:
    fast = msgspec.structs.replace(song, tempo=180.0)
    slow = msgspec.structs.replace(song, tempo=62.0)
    for each, word in ((fast, "half"), (slow, "twice")):
        _, second, _ = ways_to_count(each)
        assert word in (second.warning.message if second.warning else "")
        assert second.warning and second.warning.code is WarningCode.COUNTED_AT_ANOTHER_TEMPO


@given(song=analyses(), level=st.sampled_from([None, "half", "double"]))
def test_a_dance_is_found_to_be_counted_as_it_was_made(song: Analysis, level: str | None) -> None:
    version = corrected(song, Correction(beats=level))  # pyright: ignore[reportArgumentType]
    way = counted_at(song, version.tempo)
    assert way.tempo == pytest.approx(version.tempo, rel=0.02)
