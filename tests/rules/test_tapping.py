"""A person taps the beats of a song or a clip."""

from random import Random
from statistics import fmean

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.library.beat_grids import nearest
from domain.library.corrections import Correction, corrected, counted, faults
from domain.library.songs import Analysis
from domain.library.tapping import tapped
from tests.strategies.songs import played

TEMPOS = st.floats(80, 180)
SEEDS = st.integers(0, 10_000)


def song(tempo: float, *, first: float = 0.4, beats: int = 200) -> Analysis:
    moments = tuple(round(first + 60 / tempo * k, 6) for k in range(beats))
    return Analysis(
        tempo=tempo,
        beats=moments,
        ones=moments[3::8],
        sections=(),
        duration=moments[-1] + 0.3,
        analyzed_by="test",
        confidence=0.3,
    )


def taps_of(beats: tuple[float, ...] | list[float], seed: int, jitter: float) -> list[float]:
    """A tap for each beat, early or late by up to ``jitter`` seconds."""
    random = Random(seed)  # noqa: S311 - a tapping finger, no secret
    return [max(0.0, beat + random.uniform(-jitter, jitter)) for beat in beats]


@given(TEMPOS, SEEDS, st.integers(0, 40))
@settings(max_examples=300)
def test_ten_taps_give_the_tempo_of_the_analysis_and_the_one(
    tempo: float, seed: int, start: int
) -> None:
    """Jitter of 20 ms to either side: the analysed beats are exact, so the corrected ones are."""
    analysis = song(tempo)
    taps = taps_of(analysis.beats[start : start + 10], seed, 0.020)

    result = corrected(analysis, Correction(taps=tuple(taps)))

    assert abs(result.tempo / tempo - 1) < 0.005
    assert analysis.beats[start] in result.ones
    assert result.beats == analysis.beats


@given(TEMPOS, SEEDS)
@settings(max_examples=300)
def test_ten_taps_within_twenty_milliseconds_give_the_tempo_without_any_analysis(
    tempo: float, seed: int
) -> None:
    beats = [1.0 + 60 / tempo * k for k in range(10)]

    fit = tapped(taps_of(beats, seed, 0.010))

    assert fit is not None
    assert abs(60 / fit.beat / tempo - 1) < 0.01
    assert abs(fit.one - beats[0]) < 0.02


def test_without_an_analysis_nine_in_ten_tempos_of_ten_taps_are_within_half_a_percent() -> None:
    errors: list[float] = []
    for seed in range(400):
        tempo = 100 + seed % 50
        fit = tapped(taps_of([1.0 + 60 / tempo * k for k in range(10)], seed, 0.020))
        assert fit is not None
        errors.append(abs(60 / fit.beat / tempo - 1))

    assert fmean(error < 0.005 for error in errors) > 0.9


@given(TEMPOS, SEEDS, st.data())
@settings(max_examples=200)
def test_missing_and_doubled_taps_change_nothing(
    tempo: float, seed: int, data: st.DataObject
) -> None:
    analysis = song(tempo)
    places = list(range(8, 32))
    for gone in data.draw(st.sets(st.integers(10, 30), max_size=5)):
        places.remove(gone)
    taps = taps_of([analysis.beats[k] for k in places], seed, 0.020)
    for place in data.draw(st.sets(st.integers(1, len(taps) - 1), max_size=4)):
        taps.append(taps[place] + data.draw(st.floats(0.03, 0.1)))

    fit = tapped(taps)
    result = corrected(analysis, Correction(taps=tuple(sorted(taps))))

    assert fit is not None
    assert abs(60 / fit.beat / tempo - 1) < 0.01
    assert abs(result.tempo / tempo - 1) < 0.005
    assert analysis.beats[8] in result.ones


@given(st.sampled_from(["between", "double", "half", "half later"]), TEMPOS, SEEDS)
@settings(max_examples=150)
def test_taps_choose_between_the_ways_to_count_what_was_analysed(
    way: str, tempo: float, seed: int
) -> None:
    analysis = song(tempo)
    beats, gap = analysis.beats, 60 / tempo
    every = {
        "between": [beat + gap / 2 for beat in beats[:24]],
        "double": [beats[0] + gap / 2 * k for k in range(48)],
        "half": list(beats[:48:2]),
        "half later": list(beats[1:48:2]),
    }[way]
    if not 45 <= 60 / (every[1] - every[0]) <= 230:
        return

    result = corrected(analysis, Correction(taps=tuple(taps_of(every, seed, 0.020))))

    for beat in every:
        assert min(abs(beat - other) for other in result.beats) < 1e-5
    assert min(abs(every[0] - one) for one in result.ones) < 1e-5


def test_taps_follow_the_beats_of_a_song_that_drifts() -> None:
    analysis = played(48, drift=0.02)
    start = nearest(analysis.beats, 40.0)

    taps = taps_of(analysis.beats[start : start + 16], 3, 0.020)
    result = corrected(analysis, Correction(taps=tuple(taps)))

    assert result.beats == pytest.approx(analysis.beats, abs=1e-6)
    assert min(abs(analysis.beats[start] - one) for one in result.ones) < 1e-6


@pytest.mark.parametrize("beats", [(), song(97.0).beats])
def test_taps_at_another_tempo_replace_the_beats(beats: tuple[float, ...]) -> None:
    analysis = msgspec.structs.replace(song(97.0), beats=beats)
    taps = [2.0 + 0.5 * k for k in range(12)]

    result = corrected(analysis, Correction(taps=tuple(taps)))

    assert result.tempo == pytest.approx(120, abs=0.01)
    assert min(abs(one - 2.0) for one in result.ones) < 1e-3
    assert result.confidence == 1


@pytest.mark.parametrize(
    "taps", [(1.0,), (1.0, 1.0, 1.0, 1.0), (1.0, 1.5, 2.0), (0, 5, 10, 15, 20), (0, 0.1, 0.2, 0.3)]
)
def test_taps_that_define_no_tempo_are_refused_and_have_no_effect(taps: tuple[float, ...]) -> None:
    [wrong] = faults(Correction(taps=taps))

    assert wrong.path == "$.taps"
    assert "tap at least 4 beats" in wrong.message
    assert counted(song(120), Correction(taps=taps)) == counted(song(120), Correction())


def test_taps_and_a_tempo_are_refused_together() -> None:
    [wrong] = faults(Correction(taps=(0, 0.5, 1, 1.5), tempo=120))
    assert "not both" in wrong.message


@given(st.floats(-2000, 2000), TEMPOS)
@settings(max_examples=150)
def test_a_shift_by_milliseconds_moves_every_beat_and_the_one(shift: float, tempo: float) -> None:
    analysis, seconds = song(tempo), shift / 1000

    result = corrected(analysis, Correction(shift=shift))

    moved = [beat + seconds for beat in analysis.beats]
    for beat in moved:
        if 0 <= beat < analysis.duration:
            assert min(abs(beat - other) for other in result.beats) < 2e-6
    gaps = [after - beat for beat, after in zip(result.beats, result.beats[1:], strict=False)]
    assert max(abs(gap - 60 / tempo) for gap in gaps) < 1e-5
    for one in analysis.ones:
        if 0 <= one + seconds < analysis.duration:
            assert min(abs(one + seconds - other) for other in result.ones) < 2e-6
    assert all(0 <= beat < analysis.duration for beat in result.beats)


def test_a_shift_follows_the_taps_and_a_tempo_with_its_one() -> None:
    taps = tuple(song(120).beats[8:24])
    assert corrected(song(120), Correction(taps=taps, shift=10)).ones[1] == pytest.approx(
        taps[0] + 0.01
    )
    laid = corrected(song(97), Correction(tempo=120, one_at=4.0, shift=-20))
    assert min(abs(one - 3.98) for one in laid.ones) < 1e-6
