"""Work that fails is tried again, with pauses and within limits."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.concurrency.retries import Retries, pause

pytestmark = pytest.mark.anyio


class Work:
    """Fails so many times, and then does well."""

    def __init__(self, failures: int, error: type[BaseException] = ConnectionError) -> None:
        self.left = failures
        self.error = error
        self.tried = 0

    async def __call__(self) -> str:
        self.tried += 1
        if self.left:
            self.left -= 1
            raise self.error(f"try {self.tried}")
        return "done"


def waiting(pauses: list[float]) -> Retries:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    return Retries(4, 0.2, 0.5, sleep)


@given(failures=st.integers(0, 6))
def test_it_is_tried_four_times_with_a_pause_before_each_try_but_the_first(failures: int) -> None:
    pauses: list[float] = []
    work = Work(failures)
    if failures < 4:
        assert asyncio.run(waiting(pauses)(work)) == "done"
    else:
        with pytest.raises(ConnectionError, match="try 4"):
            asyncio.run(waiting(pauses)(work))
    assert work.tried == min(failures + 1, 4)
    assert len(pauses) == work.tried - 1
    assert all(0 <= each <= most for each, most in zip(pauses, (0.2, 0.4, 0.5), strict=False))


@given(failures=st.integers(1, 50), first=st.floats(0.001, 10), longest=st.floats(0.001, 60))
def test_a_pause_varies_up_to_a_bound_that_doubles(
    failures: int, first: float, longest: float
) -> None:
    most = min(longest, first * 2 ** (failures - 1))
    some = [pause(failures, first, longest) for _ in range(20)]
    assert all(0 <= each <= most for each in some)
    assert len(set(some)) > 1


async def test_what_is_final_is_not_tried_again() -> None:
    work = Work(3, LookupError)
    with pytest.raises(LookupError):
        await waiting([])(work, is_final=lambda error: isinstance(error, LookupError))
    assert work.tried == 1


async def test_a_cancellation_ends_it_in_a_pause_and_in_a_try() -> None:
    paused = asyncio.Event()

    async def sleep(seconds: float) -> None:
        paused.set()
        await asyncio.Event().wait()

    work = Work(3)
    trying = asyncio.ensure_future(Retries(sleep=sleep)(work))
    await paused.wait()
    trying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trying
    cancelled = Work(3, asyncio.CancelledError)
    with pytest.raises(asyncio.CancelledError):
        await waiting([])(cancelled)
    assert (work.tried, cancelled.tried) == (1, 1)
