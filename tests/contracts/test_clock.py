"""The contract of every Clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from adapters.database.engine import open_database
from adapters.database.server_time import server_time
from adapters.memory.clock import MemoryClock
from adapters.system.clock import SystemClock
from application.ports.clock import Clock


@pytest.fixture(params=[MemoryClock, SystemClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    return request.param()


def test_it_shows_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC


def test_it_never_goes_back(clock: Clock) -> None:
    moments = [clock.now() for _ in range(1000)]
    assert moments == sorted(moments)
    assert moments[-1] > moments[0]


class Machine:
    """A machine whose clock is set, and which sleeps."""

    def __init__(self) -> None:
        self.day = datetime(2026, 1, 1, tzinfo=UTC)
        self.awake = 0.0

    def passes(self, seconds: float, asleep: bool = False) -> None:
        self.day += timedelta(seconds=seconds)
        self.awake += 0 if asleep else seconds

    def clock(self) -> SystemClock:
        return SystemClock(lambda: self.day, lambda: self.awake)


def test_after_the_machine_has_slept_it_is_right_at_once() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.passes(8 * 3600, asleep=True)
    assert clock.now() == machine.day


def test_an_hour_that_it_was_ahead_is_made_up_for_in_two() -> None:
    machine = Machine()
    clock = machine.clock()
    ahead = clock.now()
    machine.day -= timedelta(hours=1)
    machine.passes(3600)
    assert clock.now() == ahead + timedelta(minutes=30)
    machine.passes(3600)
    assert clock.now() == machine.day
    machine.passes(1)
    assert clock.now() == machine.day


@given(
    st.lists(
        st.tuples(st.sampled_from(["passes", "sleeps", "set"]), st.floats(-1e6, 1e6)), max_size=30
    )
)
def test_whatever_is_done_to_the_machine_it_never_goes_back(
    changes: list[tuple[str, float]],
) -> None:
    machine = Machine()
    clock = machine.clock()
    before = clock.now()
    for what, seconds in changes:
        if what == "set":
            machine.day += timedelta(seconds=seconds)
        else:
            machine.passes(abs(seconds), asleep=what == "sleeps")
        after = clock.now()
        assert after >= max(before, machine.day)
        assert after > before or what != "passes" or not seconds or abs(seconds) < 1e-5
        before = after


def test_time_can_be_let_pass_in_memory() -> None:
    clock = MemoryClock()
    before = clock.now()
    clock.advance(timedelta(hours=1))
    assert clock.now() - before > timedelta(hours=1)


@pytest.mark.anyio
async def test_a_shared_database_gives_every_machine_the_same_time(postgres_url: str) -> None:
    seconds = [5.0, 5.0, 65.0]
    async with open_database(postgres_url) as database:
        before = (await database.read(select(func.clock_timestamp())))[0][0]
        now = await server_time(
            database, lambda: seconds[0] if len(seconds) < 2 else seconds.pop(0)
        )
        after = (await database.read(select(func.clock_timestamp())))[0][0]
    # It was asked for between the two, and a minute has passed since the answer.
    minute = timedelta(seconds=60)
    assert before + minute <= now() <= after + minute
