"""What every Clock must do."""

from datetime import UTC, timedelta

import pytest

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


def test_time_can_be_let_pass_in_memory() -> None:
    clock = MemoryClock()
    before = clock.now()
    clock.advance(timedelta(hours=1))
    assert clock.now() - before > timedelta(hours=1)
