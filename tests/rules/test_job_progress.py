"""Progress of a job: never backwards, never over 100, every stage in order, an honest estimate."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.jobs.progress import IDS_PER_ATTEMPT, INTERVAL, JobProgress, Stage, last_id

STAGES = (
    Stage(name="pending", progress=0, weight=0),
    Stage(name="planning", progress=10, weight=2),
    Stage(name="fetching", progress=20, weight=1),
    Stage(name="concatenating", progress=50, weight=20),
    Stage(name="adding_audio", progress=70, weight=2),
    Stage(name="uploading", progress=85, weight=1),
    Stage(name="cleanup", progress=95, weight=0),
)
ORDER = [stage.name for stage in STAGES]

Reported = tuple[str, int, int, float]
"""Stage, done, of, and the seconds since the report before."""

reports = st.lists(
    st.tuples(
        st.sampled_from([*ORDER, "unknown"]),
        st.integers(-3, 300),
        st.integers(-3, 300),
        st.floats(0, 5),
    ),
    max_size=60,
)
orderly = reports.map(lambda each: sorted(each, key=lambda r: [*ORDER, "unknown"].index(r[0])))


def progress(attempt: int = 1, before: int = 0) -> JobProgress:
    return JobProgress(stages=STAGES, attempt=attempt, progress=before)


def told(
    reported: Iterable[Reported], begin: JobProgress | None = None
) -> list[tuple[JobProgress, float]]:
    """Return the progress of each event, and its time."""
    current, at, events = begin or progress(), 100.0, list[tuple[JobProgress, float]]()
    for stage, done, of, pause in reported:
        at += pause
        after = current.reported(stage, done, of, at)
        if after is not current:
            events.append((after, at))
        current = after
    return events


@given(st.one_of(reports, orderly), st.integers(0, 3), st.integers(0, 100))
def test_per_cent_never_fall_and_never_reach_100_before_the_end(
    reported: list[Reported], attempt: int, before: int
) -> None:
    events = told(reported, progress(attempt, before))
    percents = [before, *(event.progress for event, _ in events)]
    assert all(one <= other for one, other in pairwise(percents))
    assert percents[-1] <= max(before, 99)


@given(st.one_of(reports, orderly))
def test_stages_come_in_order_and_each_that_begins_is_told(reported: list[Reported]) -> None:
    stages = [ORDER.index(event.stage or "") for event, _ in told(reported)]
    assert stages == sorted(stages)
    highest, entered = -1, list[int]()
    for stage, *_ in reported:
        if stage in ORDER and ORDER.index(stage) > highest:
            highest = ORDER.index(stage)
            entered.append(highest)
    assert list(dict.fromkeys(stages)) == entered


@given(st.one_of(reports, orderly))
def test_within_a_stage_an_event_tells_a_per_cent_or_comes_after_a_second(
    reported: list[Reported],
) -> None:
    for (one, earlier), (other, later) in pairwise(told(reported)):
        assert (
            other.stage != one.stage or other.progress > one.progress or later >= earlier + INTERVAL
        )


@given(orderly, orderly, st.integers(0, 5))
def test_ids_grow_and_those_of_a_later_attempt_are_larger(
    first: list[Reported], second: list[Reported], attempt: int
) -> None:
    ids = [event.event_id for event, _ in told(first, progress(attempt))]
    ids += [last_id(attempt)]
    ids += [event.event_id for event, _ in told(second, progress(attempt + 1))]
    ids += [last_id(attempt + 1)]
    assert all(one < other for one, other in pairwise([0, *ids]))
    assert last_id(attempt) // IDS_PER_ATTEMPT == attempt


@given(st.one_of(reports, orderly))
def test_an_estimate_is_positive_and_has_a_basis(reported: list[Reported]) -> None:
    has_basis = False
    for event, _ in told(reported):
        has_basis |= event.stage in ORDER and ORDER.index(event.stage) >= ORDER.index(
            "concatenating"
        )
        assert event.eta_seconds is None or (event.eta_seconds > 0 and has_basis)


def test_an_estimated_end_that_is_here_is_no_estimate() -> None:
    current = progress().reported("concatenating", 0, 4, 100.0)
    current = current.reported("concatenating", 2, 4, 102.0)
    assert current.ends_at is not None
    for before_the_end, estimate in ((0.06, 0.1), (0.04, None), (0.0, None), (-1.0, None)):
        at = current.ends_at - before_the_end
        assert current.reported("uploading", 0, 0, at).eta_seconds == estimate


@given(st.integers(3, 200), st.floats(0.05, 20), st.floats(0, 30))
def test_at_a_steady_pace_the_estimate_is_true(pieces: int, pace: float, fetching: float) -> None:
    """The stages after the cuts take as long as their weights say."""
    begin, end = 100.0 + fetching, 100.0 + fetching + pieces * pace * (1 + 3 / 20)
    current = progress().reported("fetching", 0, 0, 100.0)
    current = current.reported("concatenating", 0, pieces, begin)
    for done in range(1, pieces + 1):
        at = begin + done * pace
        after = current.reported("concatenating", done, pieces, at)
        if done < 2 or at - begin < 1:
            assert after.eta_seconds is None
        elif after is not current:
            assert after.eta_seconds == pytest.approx(end - at, abs=0.06)
        current = after
    if current.eta_seconds is not None:
        at = end - pieces * pace / 20
        assert current.reported("uploading", 0, 0, at).eta_seconds == pytest.approx(
            end - at, abs=0.06
        )


def test_an_estimate_that_proved_wrong_is_withdrawn() -> None:
    begun = progress().reported("concatenating", 0, 4, 0.0)
    half = begun.reported("concatenating", 2, 4, 10.0)
    assert half.eta_seconds == pytest.approx(13.0)
    assert half.reported("adding_audio", 0, 0, 30.0).eta_seconds is None


def test_the_finished_pieces_of_a_stage_lead_to_the_next_stage() -> None:
    begun = progress().reported("concatenating", 0, 4, 0.0)
    percents = [begun.reported("concatenating", done, 4, 0.1).progress for done in range(5)]
    assert percents == [50, 55, 60, 65, 70]
    assert progress().reported("cleanup", 4, 4, 0.0).progress == 99
