"""The assembly as a state machine."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rendering.assembly import FINAL, PROGRESS, STEPS, Assembly, State, Step
from domain.shared.errors import IllegalStep

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def pending() -> Assembly:
    return Assembly(task_id=uuid4(), owner="local", created_at=NOW, updated_at=NOW)


@given(st.lists(st.sampled_from(Step), max_size=14))
def test_any_walk_follows_the_table_and_stops_at_an_end(steps: list[Step]) -> None:
    assembly = pending()
    for step in steps:
        before = assembly
        if (before.state, step) in STEPS:
            assembly = before.take(step, NOW)
            assert before.state not in FINAL
            assert assembly.state is STEPS[before.state, step]
            assert assembly.progress >= before.progress
        else:
            with pytest.raises(IllegalStep):
                before.take(step, NOW)


def test_every_state_can_be_reached_and_every_live_one_can_fail_or_be_cancelled() -> None:
    reached, frontier = {State.PENDING}, [State.PENDING]
    while frontier:
        here = frontier.pop()
        for (state, _), after in STEPS.items():
            if state is here and after not in reached:
                reached.add(after)
                frontier.append(after)
    assert reached == set(State)
    for state in State:
        for step in (Step.FAIL, Step.CANCEL):
            assert ((state, step) in STEPS) == (state not in FINAL)


def test_the_straight_way_shows_the_progress_that_was_promised() -> None:
    assembly = pending()
    percents = [assembly.progress]
    for step in list(Step)[: list(Step).index(Step.FAIL)]:
        assembly = assembly.take(step, NOW)
        percents.append(assembly.progress)
    assert percents == [0, 10, 20, 50, 70, 85, 95, 100]
    assert assembly.state is State.COMPLETED
    assert set(PROGRESS.values()) == set(percents)
