"""Work that is carried to its end."""

import asyncio
from enum import StrEnum
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.concurrency import shielding
from application.concurrency.shielding import finish_even_if_cancelled
from domain.shared.errors import NotReady, WaitedTooLong

pytestmark = pytest.mark.anyio


async def test_work_is_done_although_its_caller_was_cancelled_twice() -> None:
    may_end, done = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await may_end.wait()
        done.set()

    caller = asyncio.ensure_future(finish_even_if_cancelled(work()))
    for _ in range(2):
        await asyncio.sleep(0)
        caller.cancel()
    await asyncio.sleep(0)
    assert not caller.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done.is_set()


async def test_the_error_of_the_work_is_raised() -> None:
    async def work() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await finish_even_if_cancelled(work())


async def test_work_that_hangs_is_given_up_after_the_patience() -> None:
    caller = asyncio.ensure_future(finish_even_if_cancelled(asyncio.Event().wait(), patience=0.01))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller


async def test_a_cancellation_is_raised_though_the_work_fails_and_the_failure_is_its_cause() -> (
    None
):
    may_end = asyncio.Event()

    async def work() -> None:
        await may_end.wait()
        raise LookupError

    caller = asyncio.ensure_future(finish_even_if_cancelled(work()))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.sleep(0)
    may_end.set()
    with pytest.raises(asyncio.CancelledError) as cancelled:
        await caller
    assert isinstance(cancelled.value.__cause__, LookupError)


@pytest.mark.parametrize(("failure", "traced"), [(NotReady("Away."), False), (LookupError(), True)])
async def test_only_the_trace_of_an_error_that_nobody_expects_is_logged(
    caplog: pytest.LogCaptureFixture, failure: Exception, traced: bool
) -> None:
    may_end = asyncio.Event()

    async def work() -> None:
        await may_end.wait()
        raise failure

    caller = asyncio.ensure_future(finish_even_if_cancelled(work()))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.sleep(0)
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    [record] = caplog.records
    assert bool(record.exc_info) == traced
    assert record.getMessage().endswith(": Away." if not traced else ": LookupError")


async def test_a_scope_that_is_cancelled_does_not_keep_the_event_loop_busy() -> None:
    """A cancelled scope of anyio cancels its tasks in every turn of the loop."""
    turns, done = 0, False

    async def work() -> None:
        nonlocal turns, done
        ends = asyncio.get_running_loop().time() + 0.05
        while asyncio.get_running_loop().time() < ends:
            await asyncio.sleep(0.01)
            turns += 1
        done = True

    woken = 0
    real = asyncio.wait

    async def counted(*arguments: Any, **more: Any) -> Any:
        nonlocal woken
        woken += 1
        return await real(*arguments, **more)

    with pytest.MonkeyPatch.context() as patch, anyio.CancelScope() as scope:
        patch.setattr(shielding.asyncio, "wait", counted)
        scope.cancel()
        await finish_even_if_cancelled(work())
    assert done
    assert woken <= 3


class End(StrEnum):
    """The end of some work."""

    WELL = "well"
    FAILING = "failing"
    HANGING = "hanging"


@given(
    end=st.sampled_from(End),
    turns=st.integers(0, 3),
    cancelled=st.lists(st.integers(0, 5), max_size=3),
)
def test_whoever_is_cancelled_hears_of_it_and_the_work_has_ended(
    end: End, turns: int, cancelled: list[int]
) -> None:
    async def work() -> str:
        try:
            for _ in range(turns):
                await asyncio.sleep(0)
            if end is End.HANGING:
                await asyncio.Event().wait()
            if end is End.FAILING:
                raise LookupError
            return "done"
        finally:
            ended.append(end)

    async def main() -> None:
        caller = asyncio.ensure_future(finish_even_if_cancelled(work(), 0.0, limit=0.01))
        reached = False
        for turn in range(6):
            await asyncio.sleep(0)
            if turn in cancelled and not caller.done():
                reached |= caller.cancel()
        try:
            result = await caller
        except asyncio.CancelledError:
            assert reached
        except (LookupError, WaitedTooLong) as error:
            assert not reached
            assert isinstance(error, LookupError) == (end is End.FAILING)
        else:
            assert not reached
            assert result == "done"
        assert ended == [end]

    ended: list[End] = []
    asyncio.run(main())
