"""The search for the likeliest row of beats finds the likeliest row of beats."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.listening.bars import (
    FASTEST_CHANGE,
    JITTER,
    Evidence,
    Paces,
    best_row,
    evidence,
    paces,
)
from tests.cases.listening.sounds import Samples

Path = tuple[float, tuple[int, ...], tuple[int, ...]]
"""Score, frames and places of a row."""


def rows(pulse_evidence: Evidence, tempo_paces: Paces) -> Iterator[Path]:
    """Every row of beats there is."""
    frames, places = len(pulse_evidence.pulse), pulse_evidence.place.shape[1]
    periods, reach = tempo_paces.periods, tempo_paces.change.shape[1] // 2

    def gain(frame: int, place: int, period: int) -> float:
        return float(pulse_evidence.pulse[frame, period] + pulse_evidence.place[frame, place])

    def onward(
        score: float, row: tuple[int, ...], counted: tuple[int, ...], period: int
    ) -> Iterator[Path]:
        due, place = row[-1] + int(periods[period]), (counted[-1] + 1) % places
        if due >= frames:
            yield score, row, counted
        for late in (-1, 0, 1):
            for other in range(max(0, period - reach), min(len(periods), period + reach + 1)):
                frame = due + late
                if frame < frames:
                    cost = float(tempo_paces.change[other, period - other + reach])
                    cost -= JITTER if late else 0
                    total = score + cost + gain(frame, place, other)
                    yield from onward(total, (*row, frame), (*counted, place), other)

    for frame in range(min(frames, int(periods[-1]) + 1)):
        for place in range(places):
            for period, start in enumerate(tempo_paces.start):
                score = float(start) + gain(frame, place, period)
                yield from onward(score, (frame,), (place,), period)


@settings(max_examples=150)
@given(
    seed=st.integers(0, 2**32 - 1),
    frames=st.integers(2, 11),
    places=st.integers(1, 3),
    shortest=st.integers(3, 5),
    count=st.integers(1, 3),
    reach=st.integers(1, 2),
)
def test_it_is_as_good_as_trying_every_row(
    seed: int, frames: int, places: int, shortest: int, count: int, reach: int
) -> None:
    rng = np.random.default_rng(seed)

    def drawn(*shape: int) -> np.ndarray:
        return rng.normal(0, 2, shape).astype(np.float32)

    tempo_paces = Paces(shortest + np.arange(count), drawn(count), drawn(count, 2 * reach + 1))
    pulse_evidence = Evidence(drawn(frames, count), drawn(frames, places))
    every = list(rows(pulse_evidence, tempo_paces))
    best = max(score for score, _, _ in every)
    best_beats = best_row(pulse_evidence, tempo_paces)
    assert best_beats.gain == pytest.approx(best, abs=1e-3)
    row = tuple(best_beats.frames), tuple(best_beats.places)
    assert max(score for score, *other in every if tuple(other) == row) == pytest.approx(
        best, abs=1e-3
    )


def pulse(frames: int, first: int) -> Samples:
    """P(beat) that is high for four frames every half second."""
    beat = np.full(frames, 0.01, np.float32)
    for late in range(4):
        beat[first + late :: 50] = 0.9
    return beat


def test_a_steady_pulse_is_found_frame_by_frame() -> None:
    beat, down = pulse(2000, 30), np.full(2000, 0.1, np.float32)
    down[130::200] = 0.9
    tempo_paces = paces(100, 4)
    best_beats = best_row(evidence(beat, down, tempo_paces.periods, 4), tempo_paces)
    assert best_beats.frames.tolist() == list(range(30, 2000, 50))
    assert best_beats.frames[best_beats.places == 0].tolist() == list(range(130, 2000, 200))
    assert best_beats.gain > 100


def test_a_beat_that_is_missing_is_counted_through() -> None:
    beat, down = pulse(1000, 20), np.full(1000, 0.25, np.float32)
    beat[520:524] = 0.01
    tempo_paces = paces(100, 4)
    assert 520 in best_row(evidence(beat, down, tempo_paces.periods, 4), tempo_paces).frames


def test_a_period_leads_somewhere_for_certain() -> None:
    tempo_paces = paces(100, 4)
    # A change of more than the search goes is so unlikely that it hardly counts.
    leaving = np.zeros(len(tempo_paces.periods))
    for column in range(2 * FASTEST_CHANGE + 1):
        for period, likely in enumerate(tempo_paces.change[:, column]):
            if likely > -1e8:
                leaving[period + column - FASTEST_CHANGE] += np.exp(likely)
    assert leaving == pytest.approx(1, abs=0.02)


def test_the_slowest_and_the_fastest_tempo_have_periods() -> None:
    periods = paces(100, 4).periods
    assert 6000 / periods[0] >= 212
    assert 6000 / periods[-1] <= 58
    assert set(np.diff(periods)) == {1}
