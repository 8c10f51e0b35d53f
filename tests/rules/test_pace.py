"""The remaining time of a job is told only with a basis for it, and is right for an even pace."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.jobs.pace import Pace

LOOKS = st.lists(st.tuples(st.integers(0, 100), st.floats(0, 1000)), min_size=1, max_size=30)


@given(LOOKS)
@settings(max_examples=200)
def test_an_estimate_is_a_time_to_come_or_none(looks: list[tuple[int, float]]) -> None:
    at = 0.0
    pace = Pace.begun(looks[0][0], at)
    for progress, elapsed in looks:
        at += elapsed
        pace = pace.observed(progress, at)
        remaining = pace.remaining(at)
        assert remaining is None or remaining > 0
        assert (pace.latest, pace.began <= pace.at <= at) == (progress, True)


@given(
    first=st.integers(0, 80),
    gained=st.integers(5, 15),
    second=st.floats(0.5, 60),
    began=st.floats(0, 1e6),
)
@settings(max_examples=200)
def test_an_even_pace_is_continued(first: int, gained: int, second: float, began: float) -> None:
    pace = Pace.begun(first, began)
    for step in range(1, gained + 1):
        pace = pace.observed(first + step, began + step * second)
    at = began + gained * second
    remaining = pace.remaining(at)
    if pace.at - pace.began < 2:
        assert remaining is None
    else:
        assert remaining == pytest.approx((100 - first - gained) * second, abs=0.06)


def test_an_estimate_needs_five_per_cent_and_two_seconds() -> None:
    pace = Pace.begun(20, 100.0)
    assert pace.remaining(160.0) is None
    assert pace.observed(24, 160.0).remaining(160.0) is None
    assert pace.observed(60, 101.9).remaining(101.9) is None
    assert pace.observed(60, 104.0).remaining(104.0) == 4.0


def test_an_estimate_that_was_wrong_is_not_told() -> None:
    pace = Pace.begun(0, 0.0).observed(50, 10.0)
    assert pace.remaining(19.0) == 1.0
    assert pace.remaining(25.0) is None


def test_another_attempt_begins_another_observation() -> None:
    pace = Pace.begun(0, 0.0).observed(50, 10.0).observed(20, 30.0)
    assert pace == Pace.begun(20, 30.0)
